"""Who and where the rows name: accounts, workspaces and members, each once; no amounts.

A later row's name wins over an earlier one's, because a workspace's name is its present one.
Two kinds of one workspace contradict each other, so they are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.importers.cells import BadCellError, Remembered
from data.schema import WORKSPACE_KINDS

Texts = Sequence[str | None]
Place = tuple[str, str]  # account, and the id in it


class Parties:
    """What the rows read so far have named. `ledger_kinds` are the workspaces already there."""

    def __init__(self, ledger_kinds: Mapping[Place, str]) -> None:
        self.account_names: dict[str, str | None] = {}
        self.workspace_names: dict[Place, str] = {}
        self.workspace_kinds: dict[Place, str] = {}
        self.member_names: dict[Place, str] = {}
        self._ledger_kinds = ledger_kinds
        self._account = Remembered(self._note_account)
        self._workspace = Remembered(self._note_workspace)
        self._member = Remembered(self._note_member)

    def accounts(self, ids: Texts, names: Texts) -> list[str]:
        """The account of each row; BadCellError where it is empty."""
        return [self._account[key] for key in zip(ids, names, strict=True)]

    def workspaces(
        self, accounts: Sequence[str], ids: Texts, names: Texts, kinds: Texts
    ) -> list[str | None]:
        """The workspace of each row, None where there is none."""
        keys = zip(accounts, ids, names, kinds, strict=True)
        return [self._workspace[key] for key in keys]

    def members(self, accounts: Sequence[str], ids: Texts, names: Texts) -> list[str | None]:
        """The member of each row, None where there is none."""
        return [self._member[key] for key in zip(accounts, ids, names, strict=True)]

    def kind_of(self, place: Place) -> str:
        """The kind that the rows say, team where they say none."""
        return self.workspace_kinds.get(place, "team")

    def _note_account(self, key: tuple[str | None, str | None]) -> str:
        account, name = key
        if account is None:
            raise BadCellError("account", "", "empty; every row belongs to an account")
        self.account_names[account] = name or self.account_names.get(account)
        return account

    def _note_workspace(self, key: tuple[str, str | None, str | None, str | None]) -> str | None:
        account, workspace, name, kind = key
        if workspace is None:
            return None
        place = (account, workspace)
        if kind is not None:
            self._note_kind(place, kind.lower())
        self.workspace_names[place] = name or self.workspace_names.get(place, workspace)
        return workspace

    def _note_kind(self, place: Place, kind: str) -> None:
        if kind not in WORKSPACE_KINDS:
            raise BadCellError("workspace_kind", kind, "neither team nor personal")
        before = self.workspace_kinds.setdefault(place, kind)
        there = self._ledger_kinds.get(place, before)
        if kind != before:
            why = f"workspace {place[1]!r} is {before} in an earlier row"
            raise BadCellError("workspace_kind", kind, why)
        if kind != there:
            why = f"workspace {place[1]!r} is {there} in the ledger"
            raise BadCellError("workspace_kind", kind, why)

    def _note_member(self, key: tuple[str, str | None, str | None]) -> str | None:
        account, member, name = key
        if member is None:
            return None
        place = (account, member)
        self.member_names[place] = name or self.member_names.get(place, member)
        return member
