"""Where things are in the work tree."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
LOCAL = ROOT / ".local"

DEV_ENVIRONMENT = ROOT / ".venv"
CLOUD_ENVIRONMENT = LOCAL / "cloud"
JAVA_ENVIRONMENT = LOCAL / "java"
DYNAMODB_LOCAL = LOCAL / "dynamodb-local"
