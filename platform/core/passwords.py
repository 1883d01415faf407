"""Password hashing parameters, pinned: Argon2id with 19 MiB, 2 passes, 1 lane (OWASP Password Storage, minimum profile)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Django's default takes 100 MiB and 8 lanes a hash, which lets a burst of logins exhaust a small machine."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
