"""Starting and ending faults: most only stand on the board, some act at once and know how to take that back.

What belongs elsewhere: HTTP (``sandbox.control_faults``), the command line (``sandbox.faulting``), what happens to a request (``traffic``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.faults.board import Running
from sandbox.faults.catalogue import BY_NAME, checked
from sandbox.faults.kinds import (
    EditBetween,
    Fault,
    IgnoredPatch,
    Maintenance,
    MovedHost,
    SoftDelete,
    TokenExpiry,
)
from sandbox.superoffice import accidents, people, write
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import HUMAN
from sandbox.superoffice.crm import Kind

if TYPE_CHECKING:
    from sandbox.world import World

F = TypeVar("F", bound=Fault)
_HOSTS = ("online3", "online4")


class Faults:
    """The named faults of one sandbox, and with them those by pattern when all are taken back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._board = world.crm.faults

    def start(self, fault: F) -> Running[F]:
        """From now on this happens.

        Raises:
            ValueError: Options that cannot be; the message says which.
            ApiError: The record does not exist.
        """
        checked(type(fault), {item.name: getattr(fault, item.name) for item in fields(fault)})
        self._check_in_crm(fault)
        if fault.alone:
            self._end(fault.name)
        since = self._world.crm.now()
        if isinstance(fault, SoftDelete) and fault.when == "now":
            self._delete(fault)
            return Running(0, fault, since, met=1)
        undo = self._act(fault)
        if isinstance(fault, TokenExpiry) and not fault.revoked:
            return Running(0, fault, since, met=1)
        return self._board.put(fault, since=since, undo=undo)

    def start_named(self, name: str, options: dict[str, Any]) -> Running[Any]:
        """The same, by name. Raises ``KeyError`` for a name that does not exist; else see ``start``."""
        kind = BY_NAME.get(name)
        if kind is None:
            raise KeyError(f"There is no fault {name!r}. There are: {', '.join(BY_NAME)}.")
        return self.start(checked(kind, options))

    def running(self) -> list[Running[Any]]:
        """What is in force."""
        return self._board.running()

    def clear(self, name: str = "") -> None:
        """Take back one fault, or everything, those by pattern too; what has happened in the CRM stays.

        Raises:
            KeyError: There is no fault of that name.
        """
        if name and name not in BY_NAME:
            raise KeyError(f"There is no fault {name!r}. There are: {', '.join(BY_NAME)}.")
        if not name:
            self._world.gate.clear_faults()
        self._end(name)

    def _end(self, name: str) -> None:
        for running in self._board.remove(name):
            running.undo()

    def _act(self, fault: Fault) -> Callable[[], None]:
        """What happens at once; answers how to take it back."""
        switches = self._world.switches
        if isinstance(fault, MovedHost):
            here = switches["api_cluster"]
            if fault.to == here:
                raise ValueError(f"{fault.name}: the tenant is at {here} already.")
            return self._switched("api_cluster", next(host for host in _HOSTS if host != here))
        if isinstance(fault, Maintenance):
            return self._switched("tenant_state", fault.state)
        if isinstance(fault, TokenExpiry):
            self._world.credentials.expire_all()
            self._world.keep_credentials()
        return lambda: None

    def _switched(self, name: str, position: str) -> Callable[[], None]:
        switches = self._world.switches
        former = switches[name]
        switches.set({name: position})

        def back() -> None:
            # Whoever has moved the switch since knows better.
            if switches[name] == position:
                switches.set({name: former})

        return back

    def _check_in_crm(self, fault: Fault) -> None:
        """Whether the CRM has what the fault names: later it would be a request of the client that fails."""
        view = view_of(self._world, "de")
        # A stale read may well show a record that is gone.
        if isinstance(fault, EditBetween | IgnoredPatch | SoftDelete) and fault.record is not None:
            write.find(view, *fault.record)
        if isinstance(fault, EditBetween) and fault.record is not None:
            people.check_edit(view, *fault.record, fault.fields)
        if isinstance(fault, IgnoredPatch):
            kinds: tuple[Kind, ...] = (fault.record[0],) if fault.record else ("Contact", "Person")
            for name in fault.fields:
                if not any(accidents.is_field(view, name, kind) for kind in kinds):
                    raise ValueError(f"{fault.name}: {' and '.join(kinds)} have no field {name!r}.")

    def _delete(self, fault: SoftDelete) -> None:
        if fault.record is not None:
            write.delete(view_of(self._world), *fault.record, {}, HUMAN)
