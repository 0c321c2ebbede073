"""Operators in memory."""

from partners.operators.model import Operator


class FakeOperatorBook:
    def __init__(self) -> None:
        self.rows: dict[str, Operator] = {}

    def add(self, operator: Operator) -> bool:
        return self.rows.setdefault(operator.operator_id, operator) is operator

    def get(self, operator_id: str) -> Operator | None:
        return self.rows.get(operator_id)

    def all(self) -> list[Operator]:
        return list(self.rows.values())

    def change(self, operator: Operator) -> bool:
        if self.rows[operator.operator_id].version != operator.version - 1:
            return False
        self.rows[operator.operator_id] = operator
        return True
