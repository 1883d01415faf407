"""The addresses of the accounts floor, under /v1/accounts/."""

from django.urls import path

from accounts.identity import api as identity
from accounts.privacy import api as privacy
from accounts.security import api as security
from accounts.verification import api as verification

urlpatterns = [
    path("sessions/codes", identity.LoginCodes.as_view()),
    path("sessions/refresh", identity.Refresh.as_view()),
    path("sessions", identity.Sessions.as_view()),
    path("sessions/<str:session_id>", identity.OneSession.as_view()),
    path("me", identity.Me.as_view()),
    path("phone/codes", security.PhoneCodes.as_view()),
    path("phone", security.Phone.as_view()),
    path("pin", security.Pin.as_view()),
    path("pin/change", security.PinChange.as_view()),
    path("pin/reset/codes", security.PinResetCodes.as_view()),
    path("pin/reset", security.PinReset.as_view()),
    path("step-up/codes", security.StepUpCodes.as_view()),
    path("step-up/passkey-options", security.StepUpPasskeyOptions.as_view()),
    path("step-up/proofs", security.StepUpProofs.as_view()),
    path("verification", verification.Verification.as_view()),
    path("limits", verification.Limits.as_view()),
    path("consent-documents", privacy.ConsentDocuments.as_view()),
    path("consents", privacy.Consents.as_view()),
    path("consents/<str:consent_id>/withdrawal", privacy.ConsentWithdrawal.as_view()),
    path("exports", privacy.Exports.as_view()),
    path("exports/<str:export_id>", privacy.OneExport.as_view()),
    path("exports/<str:export_id>/archive", privacy.ExportArchive.as_view()),
    path("closure", privacy.Closure.as_view()),
    path("passkeys/options", security.PasskeyRegistrationOptions.as_view()),
    path("passkeys", security.Passkeys.as_view()),
    path("passkeys/<str:passkey_id>/removal", security.PasskeyRemoval.as_view()),
]
