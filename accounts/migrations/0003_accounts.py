from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_first_roles")]

    operations = [
        migrations.RenameField("resetrequest", "address", "email"),
        migrations.AlterField(
            "registration",
            "state",
            models.CharField(
                choices=[
                    ("unconfirmed", "email address not confirmed"),
                    ("waiting", "waiting for a decision"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                    ("withdrawn", "approval withdrawn"),
                ],
                default="unconfirmed",
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]
