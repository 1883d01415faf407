"""The addresses of the log of notices: signed ones under /v1/payments/merchant/, the owner's under /v1/payments/merchants/."""

from django.urls import path

from payments.notices.api import views

urlpatterns = [
    path("merchant/notices", views.Notices.as_view()),
    path("merchant/notices/<str:notice_id>", views.OneNotice.as_view()),
    path("merchant/notices/<str:notice_id>/resend", views.Resendings.as_view()),
    path("merchants/<str:merchant_id>/notices", views.OwnNotices.as_view()),
    path("merchants/<str:merchant_id>/notices/<str:notice_id>", views.OwnNotice.as_view()),
    path("merchants/<str:merchant_id>/notices/<str:notice_id>/resend", views.OwnResendings.as_view()),
]
