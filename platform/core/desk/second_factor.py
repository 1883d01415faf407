"""The second factor: set up at the first login, asked for at every login, before anything else is reached."""

from base64 import b32encode, b64encode
from io import BytesIO
from typing import Any

import django_otp
import qrcode
import qrcode.image.svg
import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.audit import services as audit
from core.clock import queries as clock
from core.desk import known
from core.desk.forms import CodeForm

DEVICE_NAME = "authenticator"
log = structlog.get_logger(__name__)


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Set-up when the member of staff has no confirmed device, else the question for a code. Only staff with a password get here."""
    user = request.user
    device = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first()
    fresh = device is None
    if device is None:
        device, _made = TOTPDevice.objects.get_or_create(user_id=user.pk, confirmed=False, defaults={"name": DEVICE_NAME})
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if accepted(request, device, form.cleaned_data["code"].strip(), fresh=fresh):
            onward = HttpResponseRedirect(next_page(request))
            known.remember(request, onward, user.get_username())
            return onward
        form.add_error("code", _("This code is not right, was used already, or comes too soon after a wrong one. Wait for the next code."))
    context |= {"form": form, "fresh": fresh, "title": _("Set up your second factor") if fresh else _("Enter your code")}
    if fresh:
        context |= {"qr": drawn(device.config_url), "key": spaced(b32encode(device.bin_key).decode().rstrip("="))}
    answer = TemplateResponse(request, "desk/second_factor.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def accepted(request: HttpRequest, device: TOTPDevice, code: str, *, fresh: bool) -> bool:
    """Check a code against the locked device (wrong codes slow the next try) and, when right, mark the session verified."""
    verified = django_otp.verify_token(request.user, device.persistent_id, code)
    username = request.user.get_username()
    if verified is None:
        log.warning("second_factor_refused", staff=username)
        return False
    if fresh:
        TOTPDevice.objects.filter(pk=verified.pk).update(confirmed=True)
        TOTPDevice.objects.filter(user_id=request.user.pk, confirmed=False).delete()
    request.session.cycle_key()
    django_otp.login(request, verified)
    act = "staff.second_factor_set_up" if fresh else "staff.logged_in"
    audit.record(actor=f"staff:{username}", act=act, target=f"staff:{username}", reason="", details={}, at=clock.now())
    return True


def next_page(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index")


def drawn(text: str) -> SafeString:
    """A QR code as an image inside the page: nothing is asked of any other address."""
    file = BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=8, border=2).save(file)
    return format_html('<img src="data:image/svg+xml;base64,{}" alt="{}">', b64encode(file.getvalue()).decode(), _("QR code"))


def spaced(key: str) -> str:
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
