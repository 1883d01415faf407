"""Acts that do not act: their form proposes a sensitive act, which another person approves."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.approvals import services
from core.desk.acts import Act, Doing, always
from core.desk.forms import ActForm, ReasonForm
from core.desk.sockets import Words

EXPLAIN = _("Nothing happens yet: another person approves it first.")


def proposing(
    name: str,
    *,
    act: str,
    right: str,
    title: Words,
    named: Words,
    payload: Callable[[Doing], dict[str, Any]],
    form: type[ActForm] = ReasonForm,
    icon: str = "rule",
    variant: str = "default",
    explain: Words = EXPLAIN,
    open_to: Callable[[Any], bool] = always,
) -> Act:
    """A button that proposes `act` with what `payload` makes of the form; the register's roles decide, `right` hides the button.

    `named` is what approvals call the act.
    """

    def run(doing: Doing) -> Words:
        approval = services.propose(act=act, payload=payload(doing), maker=doing.staff, reason=doing.data["reason"], at=doing.at)
        return _("Proposed as {approval}; another person decides.").format(approval=approval.public_id)

    return Act(
        name=name,
        right=right,
        title=title,
        run=run,
        form=form,
        icon=icon,
        variant=variant,
        explain=explain,
        open_to=open_to,
        audited=False,
        proposes=act,
        named=named,
    )
