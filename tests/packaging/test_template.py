"""The template is valid, grants each function only what it does, and agrees with the code about tables."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pynamodb.models import Model

from chalicelib.api.adjustments import BEYOND_ONE_PERSON
from chalicelib.auth import NO_USAGE_PLAN
from chalicelib.problems import CONTENT_TYPE, problem_document
from functions.metering import EVERY_MS as METERED_EVERY_MS
from functions.metering import TURN_MS
from functions.webhook_sending import SPARE_MS
from infra.gateway_errors import EXTENSION
from infra.gateway_files import PATHS
from infra.package import Package
from infra.template import load_template, table_definitions
from partners.access.limit_store import LimitsRow
from partners.access.limits import RATES, Tier
from partners.access.store import KeyRow, ListedKeyRow
from partners.cases.store import OPEN
from partners.connectors.words import LEASE_MS
from partners.contracts.agreement_store import ProposalRow, TermsRow
from partners.contracts.life_store import StateRow
from partners.contracts.store import PARTNERS, LocationRow, PartnerRow, StandingRow
from partners.funding.store import DayRow, PaymentRow, SealedRow
from partners.operators.store import OperatorRow
from partners.settlement.payments import store as payments_store
from partners.webhooks.delivery import CLAIM_MS
from partners.webhooks.sender_gateway import CONNECT_SECONDS, WHOLE_SECONDS
from shared.kernel.errors import NotFoundError
from shared.kernel.settings import KeyMode, Settings

PARTNERS_TABLE_MODELS: list[type[Model]] = [
    PartnerRow,
    LocationRow,
    TermsRow,
    ProposalRow,
    StateRow,
    StandingRow,
    PaymentRow,
    DayRow,
    SealedRow,
    KeyRow,
    ListedKeyRow,
    LimitsRow,
    OperatorRow,
]
DATA = {
    "LedgerTable",
    "MembersTable",
    "PartnersTable",
    "PagesTable",
    "AuditTable",
    "SweepsTable",
    "BooksTable",
    "BillingTable",
    "WebhooksTable",
    "ConnectorsTable",
    "ConnectorsKey",
    "ConnectorsBucket",
    "SettlementTable",
    "RecordsBucket",
    "StatementKey",
    "TrailTable",
    "Secret",
    "StripeSecret",
    "WebhookSecret",
}

QUEUE_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "SendMessage")

# What no function may do to any table, with the exceptions that a test below names.
NEVER = {"dynamodb:Scan", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"}


def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(function, statement) of every function's role."""
    for logical_id, properties in functions(template).items():
        role = template["Resources"][properties["Role"]["Fn::GetAtt"][0]]
        assert "ManagedPolicyArns" not in role["Properties"]
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield logical_id, statement


def actions(statement: dict[str, Any]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def test_cfn_lint_has_nothing_to_say(package: Package) -> None:
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([str(cfn_lint), str(package.template)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_function_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    roles = [properties["Role"]["Fn::GetAtt"][0] for properties in functions(template).values()]
    assert len(roles) == 15
    assert len(set(roles)) == 15


def test_only_functions_that_need_sql_have_the_layer(template: dict[str, Any]) -> None:
    with_layer = {name for name, properties in functions(template).items() if "Layers" in properties}
    assert with_layer == {"SettlementFunction", "ReconciliationFunction"}
    assert all(functions(template)[name]["Layers"] == [{"Ref": "SqlLayer"}] for name in with_layer)


def test_no_role_has_wildcards(template: dict[str, Any]) -> None:
    for function, statement in statements(template):
        assert statement["Effect"] == "Allow"
        assert not [action for action in actions(statement) if "*" in action], (function, statement)
        resource = json.dumps(statement["Resource"])
        own_logs = f"log-group:/aws/lambda/${{AWS::StackName}}-{function}-*"
        folders = r"\$\{(ConnectorsBucket.Arn}/(incoming|results|events|originals)|RecordsBucket.Arn}/[a-z0-9/]+)/\*"
        of_one_folder = re.sub(folders, "", resource)
        assert "*" not in of_one_folder.replace(own_logs, ""), (function, statement)


def test_no_role_can_scan_or_delete_but_what_walks_the_journal_and_the_api_that_forgets_members(
    template: dict[str, Any],
) -> None:
    granted = {
        (function, statement["Resource"]["Fn::GetAtt"][0]): actions(statement) & NEVER
        for function, statement in statements(template)
        if actions(statement) & NEVER
    }
    assert granted == {
        ("AuditFunction", "LedgerTable"): {"dynamodb:Scan"},
        ("SweepFunction", "LedgerTable"): {"dynamodb:Scan"},
        ("BooksFunction", "LedgerTable"): {"dynamodb:Scan"},
        ("APIHandler", "MembersTable"): {"dynamodb:DeleteItem"},
        ("ConnectorsFunction", "ConnectorsTable"): {"dynamodb:DeleteItem"},
        # Marks of what is unfinished or open alone, see the conditions below.
        ("SettlementFunction", "SettlementTable"): {"dynamodb:DeleteItem"},
        ("APIHandler", "SettlementTable"): {"dynamodb:DeleteItem"},
    }
    [unmarking] = [one for _, one in statements(template) if one["Sid"] == "UnmarkCasesThatEnd"]
    assert unmarking["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [OPEN]}}


def test_events_are_gone_after_a_month_and_only_the_api_and_what_maps_them_reach_them(template: dict[str, Any]) -> None:
    bucket = template["Resources"]["ConnectorsBucket"]["Properties"]
    rule, sooner = bucket["LifecycleConfiguration"]["Rules"]
    assert {**rule, "Id": ""} == {"Id": "", "Status": "Enabled", "ExpirationInDays": 30}
    days = {"Fn::If": ["KeepsNoOriginals", 1, {"Ref": "OriginalEventDays"}]}
    assert {**sooner, "Id": ""} == {"Id": "", "Status": "Enabled", "Prefix": "originals/", "ExpirationInDays": days}
    assert "VersioningConfiguration" not in bucket
    of_events = {
        function: actions(statement)
        for function, statement in statements(template)
        if "/events/" in json.dumps(statement["Resource"])
    }
    assert of_events == {"APIHandler": {"s3:GetObject", "s3:PutObject"}, "ConnectorsFunction": {"s3:GetObject"}}
    whole = [(name, one) for name, one in statements(template) if "/originals/" in json.dumps(one["Resource"])]
    assert [(name, actions(one)) for name, one in whole] == [
        ("APIHandler", {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"})
    ]
    of_the_key = {
        (function, *sorted(actions(statement)), "through S3" if "Condition" in statement else "itself")
        for function, statement in statements(template)
        if "ConnectorsKey" in json.dumps(statement["Resource"])
    }
    assert of_the_key == {
        ("APIHandler", "kms:Decrypt", "kms:Encrypt", "itself"),
        ("APIHandler", "kms:GenerateDataKey", "through S3"),
        ("ConnectorsFunction", "kms:Decrypt", "through S3"),
    }


def test_the_audit_can_write_nothing_that_it_audits(template: dict[str, Any]) -> None:
    granted = {
        statement["Resource"]["Fn::GetAtt"][0]: actions(statement)
        for function, statement in statements(template)
        if function == "AuditFunction" and statement["Sid"] != "Log"
    }
    assert granted == {
        "LedgerTable": {"dynamodb:Scan", "dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"},
        "PagesTable": {"dynamodb:Query"},
        "PartnersTable": {"dynamodb:Query", "dynamodb:GetItem"},
        "AuditTable": {"dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"},
    }


def test_the_books_read_what_they_are_made_of_and_write_themselves_alone(template: dict[str, Any]) -> None:
    granted = {
        statement["Resource"]["Fn::GetAtt"][0]: actions(statement)
        for function, statement in statements(template)
        if function == "BooksFunction" and statement["Sid"] != "Log"
    }
    assert granted == {
        "LedgerTable": {"dynamodb:Scan", "dynamodb:BatchGetItem"},
        "PagesTable": {"dynamodb:Query"},
        "PartnersTable": {"dynamodb:Query", "dynamodb:GetItem"},
        "SettlementTable": {"dynamodb:Query", "dynamodb:GetItem"},
        "BooksTable": {"dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"},
    }


def test_the_sweep_can_write_entries_and_its_own_runs_alone(template: dict[str, Any]) -> None:
    written = [
        (actions(statement) - {"dynamodb:Scan", "dynamodb:Query", "dynamodb:GetItem"}, statement["Resource"])
        for function, statement in statements(template)
        if function == "SweepFunction" and statement["Sid"] not in ("Log", "ReadTheJournal")
    ]
    assert written == [
        ({"dynamodb:PutItem"}, {"Fn::GetAtt": ["LedgerTable", "Arn"]}),
        ({"dynamodb:PutItem"}, {"Fn::GetAtt": ["SweepsTable", "Arn"]}),
    ]


def test_settlement_can_write_its_own_table_rows_of_funding_entries_and_files_of_lines_alone(
    template: dict[str, Any],
) -> None:
    own = [one for function, one in statements(template) if function == "SettlementFunction" and one["Sid"] != "Log"]
    [recording] = [one for one in own if one["Sid"] == "RecordWhatWasPaid"]
    rows = (PaymentRow, DayRow, SealedRow, StandingRow)
    written = {attribute for row in rows for attribute in row.get_attributes()}
    # What a settlement did waits for nobody, so nothing of it is confirmed or declined.
    assert set(recording["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == written - {
        "needs_two",
        "confirmed_by",
        "declined_by",
    }
    assert (actions(recording), recording["Resource"]) == (
        {"dynamodb:PutItem"},
        {"Fn::GetAtt": ["PartnersTable", "Arn"]},
    )
    [unmarking] = [one for one in own if one["Sid"] == "UnmarkWhatIsFinished"]
    marks = [payments_store.OPEN, payments_store.UNFINISHED, OPEN]
    assert unmarking["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": marks}}
    granted = {
        one["Resource"].get("Fn::Sub") or one["Resource"]["Fn::GetAtt"][0]: actions(one)
        for one in own
        if one not in (recording, unmarking)
    }
    kept = granted.pop("SettlementTable")
    lines = granted.pop("${RecordsBucket.Arn}/statements/*")
    # Cashback that a payout could not bring to anybody is given back.
    assert granted.pop("LedgerTable") == {"dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"}
    lake = granted.pop("${RecordsBucket.Arn}/lake/*"), granted.pop("RecordsBucket")
    assert lake == ({"s3:GetObject", "s3:PutObject"}, {"s3:ListBucket"})
    assert granted.pop("StatementKey") == {"kms:Sign", "kms:GetPublicKey"}
    assert granted == {"PagesTable": {"dynamodb:Query"}, "PartnersTable": {"dynamodb:Query", "dynamodb:GetItem"}}
    assert lines == {"s3:PutObject", "s3:AbortMultipartUpload"}
    assert kept == {"dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:ConditionCheckItem"}


def test_records_are_private_encrypted_kept_in_every_version_and_sent_over_tls_alone(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    bucket = resources["RecordsBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "ServerSideEncryptionConfiguration" in bucket["BucketEncryption"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert not [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    policy = resources["RecordsBucketPolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (policy["Condition"], policy["Properties"]["Bucket"]) == ("FeedsFromAws", {"Ref": "RecordsBucket"})
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    deleting = [one["Sid"] for _, one in statements(template) if "s3:DeleteObject" in json.dumps(one["Action"])]
    assert deleting == ["KeepShowAndEraseEventsWhole"]


def test_statements_are_signed_with_ed25519_by_settlement_alone(template: dict[str, Any]) -> None:
    key = template["Resources"]["StatementKey"]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    named = {name for name, one in statements(template) if "StatementKey" in json.dumps(one["Resource"])}
    assert named == {"SettlementFunction"}


def test_nothing_can_change_an_entry_of_the_ledger(template: dict[str, Any]) -> None:
    for function, statement in statements(template):
        if statement["Resource"] == {"Fn::GetAtt": ["LedgerTable", "Arn"]}:
            assert "dynamodb:UpdateItem" not in actions(statement), function


def test_nothing_can_change_or_delete_a_record_of_the_audit_trail(template: dict[str, Any]) -> None:
    trail = {"Fn::GetAtt": ["TrailTable", "Arn"]}
    granted = [(function, actions(one)) for function, one in statements(template) if one["Resource"] == trail]
    assert granted == [("APIHandler", {"dynamodb:PutItem", "dynamodb:Query"})]


def test_the_authorizer_can_only_look_up_keys_and_note_their_use(template: dict[str, Any]) -> None:
    granted = [statement for function, statement in statements(template) if function == "Authorize"]
    on_data = [statement for statement in granted if statement["Sid"] != "Log"]
    table = {"Fn::GetAtt": ["PartnersTable", "Arn"]}
    assert [(actions(statement), statement["Resource"]) for statement in on_data] == [
        ({"dynamodb:GetItem"}, table),
        ({"dynamodb:UpdateItem"}, table),
    ]
    assert on_data[1]["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "last_used_at_ms"]}
    }


def test_the_template_sets_every_setting_of_the_code(template: dict[str, Any]) -> None:
    given = template["Globals"]["Function"]["Environment"]["Variables"]
    checked = {"TESSERA_KEY_MODE": "test", "TESSERA_PAYOUT_MINIMUM_CENTS": "1", "TESSERA_WEBHOOK_RECEIVERS": "local"}
    checked |= {"TESSERA_ORIGINAL_EVENT_DAYS": "7"}
    settings = Settings.from_env(dict.fromkeys(given, "x") | {"AWS_REGION": "us-east-1", **checked})
    assert settings.stage == "x"
    assert {name for name in given if name.startswith("TESSERA_")} == {
        f"TESSERA_{field.upper()}" for field in Settings.__slots__ if field != "region"
    }


def test_points_are_real_unless_a_deployment_says_otherwise(template: dict[str, Any]) -> None:
    assert template["Parameters"]["KeyMode"]["Default"] == "live"
    assert template["Parameters"]["KeyMode"]["AllowedValues"] == list(get_args(KeyMode))


@pytest.mark.parametrize("model", PARTNERS_TABLE_MODELS, ids=lambda model: model.__name__)
def test_models_have_the_key_of_their_table(model: type[Model]) -> None:
    definition = table_definitions()["PartnersTable"]
    attributes = {one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]}
    keys = {one["KeyType"]: one["AttributeName"] for one in definition["KeySchema"]}
    own = {attribute.attr_name: attribute for attribute in model.get_attributes().values()}
    assert {
        "HASH" if attribute.is_hash_key else "RANGE": name
        for name, attribute in own.items()
        if attribute.is_hash_key or attribute.is_range_key
    } == keys
    assert {name: own[name].attr_type for name in attributes} == attributes


def test_data_outlives_the_stack_and_can_be_restored() -> None:
    resources = load_template()["Resources"]
    for logical_id in DATA:
        assert resources[logical_id]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resources[logical_id]["UpdateReplacePolicy"] == "Retain"
    for logical_id in table_definitions():
        properties = resources[logical_id]["Properties"]
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert properties["SSESpecification"] == {"SSEEnabled": True}
        assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_only_the_ledger_has_a_stream_and_it_carries_whole_entries() -> None:
    streams = {name: definition.get("StreamSpecification") for name, definition in table_definitions().items()}
    assert streams.pop("LedgerTable") == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert set(streams.values()) == {None}


def test_posting_is_told_the_shard_and_may_answer_for_part_of_a_batch(template: dict[str, Any]) -> None:
    mapping = functions(template)["PostingFunction"]["Events"]["Ledger"]["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["TumblingWindowInSeconds"] > 0
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["PostingDeadLetters", "Arn"]}
    assert "ParallelizationFactor" not in mapping


def test_a_sender_of_webhooks_is_gone_before_its_claim_ends(template: dict[str, Any]) -> None:
    assert functions(template)["WebhookSendingFunction"]["Timeout"] * 1_000 <= CLAIM_MS
    assert SPARE_MS > (WHOLE_SECONDS + CONNECT_SECONDS) * 1_000


def test_who_carries_out_a_sale_or_a_files_line_is_gone_before_another_card_may_have_its_key(
    template: dict[str, Any],
) -> None:
    assert 2 * functions(template)["ConnectorsFunction"]["Timeout"] * 1_000 <= LEASE_MS


def test_whoever_is_in_line_at_a_queue_leaves_tills_the_accounts_concurrency(template: dict[str, Any]) -> None:
    """An account runs a thousand functions at once unless AWS was asked for more."""
    events = [event for function in functions(template).values() for event in function.get("Events", {}).values()]
    bounds = [event["Properties"]["ScalingConfig"]["MaximumConcurrency"] for event in events if event["Type"] == "SQS"]
    assert len(bounds) >= 4
    assert sum(bounds) <= 200


def test_files_of_tills_wait_in_a_line_of_their_own(template: dict[str, Any]) -> None:
    lines = functions(template)["ConnectorsFunction"]["Events"].values()
    queues = {one["Properties"]["Queue"]["Fn::GetAtt"][0] for one in lines}
    assert queues == {"ConnectorsQueue", "ConnectorFilesQueue"}
    [told] = template["Resources"]["ConnectorsBucket"]["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    assert told["Queue"] == {"Fn::GetAtt": ["ConnectorFilesQueue", "Arn"]}
    for queue in queues:
        properties = template["Resources"][queue]["Properties"]
        assert properties["VisibilityTimeout"] > functions(template)["ConnectorsFunction"]["Timeout"]
        assert properties["RedrivePolicy"]["maxReceiveCount"] == 100


def test_the_turn_of_a_metering_call_that_died_ends_after_it_and_before_the_next(template: dict[str, Any]) -> None:
    assert functions(template)["MeteringFunction"]["Timeout"] * 1_000 < TURN_MS < METERED_EVERY_MS


def test_what_talks_to_foreign_hosts_can_read_no_account_no_member_and_one_secret(template: dict[str, Any]) -> None:
    granted = {
        json.dumps(statement["Resource"]): actions(statement)
        for function, statement in statements(template)
        if function == "WebhookSendingFunction" and statement["Sid"] not in ("Log", "SeeWhetherAPartnerIsClosed")
    }
    assert granted == {
        json.dumps({"Fn::GetAtt": [name, attribute]}): allowed
        for name, attribute, allowed in (
            ("WebhookQueue", "Arn", {f"sqs:{one}" for one in QUEUE_ACTIONS}),
            ("WebhooksTable", "Arn", {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}),
            ("PagesTable", "Arn", {"dynamodb:Query"}),
            ("WebhookSecret", "Id", {"secretsmanager:GetSecretValue"}),
        )
    }


def test_of_partners_and_keys_webhooks_read_the_list_of_partners_alone(template: dict[str, Any]) -> None:
    table = {"Fn::GetAtt": ["PartnersTable", "Arn"]}
    granted = {
        function: (actions(one), one["Condition"])
        for function, one in statements(template)
        if function in ("WebhooksFunction", "WebhookSendingFunction") and one["Resource"] == table
    }
    only = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [PARTNERS]}}
    assert granted == dict.fromkeys(("WebhooksFunction", "WebhookSendingFunction"), ({"dynamodb:GetItem"}, only))


def test_on_aws_the_authorizer_names_whom_a_guarded_request_counts_for(template: dict[str, Any]) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    source = {"Fn::If": ["LimitsPerPartner", "AUTHORIZER", "HEADER"]}
    assert (api["ApiKeySourceType"], api["DefinitionBody"]["x-amazon-apigateway-api-key-source"]) == (source, source)
    methods = [method for path in api["DefinitionBody"]["paths"].values() for method in path.values()]
    guarded = [method["security"] for method in methods if "security" in method]
    counted = {"Fn::If": ["LimitsPerPartner", [{"api_key": []}, {"authorize": []}], [{"authorize": []}]]}
    assert len(guarded) > 80
    assert all(security == counted for security in guarded)
    assert template["Conditions"]["LimitsPerPartner"] == {"Fn::Equals": [{"Ref": "StreamSource"}, "aws"]}


def test_usage_plans_have_the_figures_that_answers_tell(template: dict[str, Any]) -> None:
    plans = {
        resource["Properties"]["UsagePlanName"]["Fn::Sub"].removeprefix("tessera.${Stage}."): resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::ApiGateway::UsagePlan"
    }
    assert {name: plan.get("Throttle") for name, plan in plans.items()} == {
        "shared": None,
        **{
            tier.value: {"RateLimit": rate.requests_per_second, "BurstLimit": rate.requests_at_once}
            for tier, rate in RATES.items()
        },
    }
    assert set(RATES) == set(Tier)
    this_api = [{"ApiId": {"Ref": "RestAPI"}, "Stage": {"Ref": "RestAPI.Stage"}}]
    assert all(plan["ApiStages"] == this_api for plan in plans.values())


def test_who_has_no_key_can_take_little_of_the_stage_s_limit_where_a_store_is_read(template: dict[str, Any]) -> None:
    settings = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    (every, keys, document, *_) = settings
    assert (every["ResourcePath"], every["HttpMethod"]) == ("/*", "*")
    assert keys["ResourcePath"].replace("~1", "/") == "//v1/statement-keys"
    assert "/v1/statement-keys" in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert document["ResourcePath"].replace("~1", "/") == "//v1/openapi.json"
    for one in (keys, document):
        assert (one["HttpMethod"], one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]) == ("GET", 10, 20)


def test_the_reference_page_is_open_to_everyone_within_bounds_and_can_reach_nothing(template: dict[str, Any]) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    bounds = {one["ResourcePath"].replace("~1", "/")[1:]: one for one in api["MethodSettings"]}
    for path in PATHS:
        (method,) = api["DefinitionBody"]["paths"][path].values()
        assert "security" not in method
        assert "ReferenceFunction" in str(method["x-amazon-apigateway-integration"]["uri"])
        assert (bounds[path]["HttpMethod"], bounds[path]["ThrottlingRateLimit"]) == ("GET", 10)
    named = {action for name, one in statements(template) if name == "ReferenceFunction" for action in actions(one)}
    assert named == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_only_the_api_makes_keys_of_the_gateway_and_for_the_plans_of_its_own_stack(template: dict[str, Any]) -> None:
    apart = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]
    assert [policy["Roles"] for policy in apart] == [[{"Ref": "ApiHandlerRole"}]]
    at = "arn:${AWS::Partition}:apigateway:${AWS::Region}::"
    granted = {
        (action, resource["Fn::Sub"].removeprefix(at))
        for statement in apart[0]["PolicyDocument"]["Statement"]
        for action in actions(statement)
        for resource in statement["Resource"]
    }
    assert granted == {
        ("apigateway:GET", "/usageplans"),
        ("apigateway:GET", "/apikeys"),
        ("apigateway:POST", "/apikeys"),
        ("apigateway:POST", "/usageplans/${StandardUsagePlan}/keys"),
        ("apigateway:POST", "/usageplans/${LargeUsagePlan}/keys"),
    }
    named = [action for _, statement in statements(template) for action in actions(statement)]
    assert not [action for action in named if action.startswith("apigateway:")]


def test_the_gateway_sends_pdf_as_it_is(template: dict[str, Any]) -> None:
    document = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert "application/pdf" in document["x-amazon-apigateway-binary-media-types"]


def test_the_gateways_own_errors_are_problem_documents_like_ours(template: dict[str, Any]) -> None:
    responses = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"][EXTENSION]
    assert {"UNAUTHORIZED", "ACCESS_DENIED", "MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE", "THROTTLED"} <= set(
        responses
    )
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(responses)
    members = set(problem_document(NotFoundError("x"), "y"))
    for response in responses.values():
        document = json.loads(response["responseTemplates"]["application/json"])
        assert set(document) == members
        assert str(document["status"]) == response["statusCode"]
        assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == f"'{CONTENT_TYPE}'"


def test_an_alarm_reads_what_the_log_says_of_a_key_without_a_usage_plan(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    filters = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Logs::MetricFilter"]
    [alarm] = [one for name, one in resources.items() if name == "KeysWithoutUsagePlanAlarm"]
    metric = alarm["Properties"]["MetricName"]
    told = [one for one in filters if one["MetricTransformations"][0]["MetricName"] == metric]
    assert {one["LogGroupName"]["Ref"] for one in told} == {"APIHandlerLogs", "AuthorizeLogs"}
    assert {one["FilterPattern"] for one in told} == {f'{{ $.message = "{NO_USAGE_PLAN}" }}'}


def test_an_alarm_reads_what_the_log_says_of_an_adjustment_beyond_one_person(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    told = resources["AdjustmentsBeyondOnePerson"]["Properties"]
    assert told["LogGroupName"] == {"Ref": "APIHandlerLogs"}
    assert told["FilterPattern"] == f'{{ $.message = "{BEYOND_ONE_PERSON}" }}'
    (metric,) = told["MetricTransformations"]
    alarm = resources["AdjustmentsBeyondOnePersonAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
