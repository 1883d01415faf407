"""The wallet's addresses under /v1/payments/wallet."""
