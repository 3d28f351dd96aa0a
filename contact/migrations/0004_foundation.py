from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    """Names what a message has by the nouns of the design."""

    dependencies = [("contact", "0003_first_subjects")]

    operations = [
        migrations.RenameField("message", "reference", "number"),
        migrations.RemoveIndex("message", "message_by_address"),
        migrations.RenameField("message", "address", "network"),
        migrations.AddIndex(
            "message",
            models.Index(fields=["network", "created_at"], name="message_by_network"),
        ),
        migrations.AlterField(
            "contactsettings",
            "offer_copy",
            models.BooleanField(
                default=False,
                help_text="The email address is not verified: somebody may have your server send a text to a stranger.",
                verbose_name="visitors may ask for a copy",
            ),
        ),
        migrations.AlterField(
            "contactsettings",
            "recipients",
            models.TextField(
                blank=True,
                help_text="Who gets each message by mail: one email address a line.",
                verbose_name="recipients",
            ),
        ),
        migrations.AlterField(
            "contactsettings",
            "retention_months",
            models.PositiveSmallIntegerField(
                default=12,
                help_text="Then name, email address, text and note are deleted. Date, language, subject and state stay, for statistics.",
                validators=[MinValueValidator(1), MaxValueValidator(120)],
                verbose_name="months that messages are kept",
            ),
        ),
    ]
