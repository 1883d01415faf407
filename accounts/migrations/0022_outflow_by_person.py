from django.db import migrations

PERSON = "encode(substring(claim.id_index FROM 1 FOR 16), 'hex')::uuid"
MOVE = """
UPDATE core_limitcounter kept SET owner = {to}, shard = get_byte(uuid_send({to}), 15) & 63
FROM accounts_identityclaim claim WHERE kept.owner = {of} AND kept.counter LIKE 'outflow:%%'
"""


class Migration(migrations.Migration):
    """What was paid out so far belongs to the person, no longer to the account."""

    dependencies = [("accounts", "0021_long_proof_nonce"), ("core", "0003_kernel_days_and_limits")]
    operations = [
        migrations.RunSQL(
            [(MOVE.format(to=PERSON, of="claim.customer_id"), [])],
            reverse_sql=[(MOVE.format(to="claim.customer_id", of=PERSON), [])],
        )
    ]
