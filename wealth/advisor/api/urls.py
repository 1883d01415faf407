"""The addresses of advice, goals and regular investing, under /v1/wealth/."""

from django.urls import path

from wealth.advisor.api import goals, investing, views

urlpatterns = [
    path("advisor", views.Advice.as_view()),
    path("advisor/plans", views.Plans.as_view()),
    path("advisor/plans/<str:advisor_plan_id>", views.OnePlan.as_view()),
    path("advisor/plans/<str:advisor_plan_id>/confirm", views.Confirming.as_view()),
    path("goals", goals.Goals.as_view()),
    path("goals/<str:wealth_goal_id>", goals.OneGoal.as_view()),
    path("goals/<str:wealth_goal_id>/delete", goals.Deleting.as_view()),
    path("investing", investing.InvestingPlans.as_view()),
    path("investing/<str:investing_id>", investing.OneInvestingPlan.as_view()),
    path("investing/<str:investing_id>/pause", investing.Pausing.as_view()),
    path("investing/<str:investing_id>/resume", investing.Resuming.as_view()),
    path("investing/<str:investing_id>/end", investing.Ending.as_view()),
    path("investing/<str:investing_id>/runs", investing.Runs.as_view()),
]
