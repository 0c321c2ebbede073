"""Ids, time, settings, money, base errors, logging: imported by every room, importing none."""
