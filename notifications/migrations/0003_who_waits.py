import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_due_until_settled"),
        ("webinars", "0006_waiting_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="email",
            name="waiting",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="emails",
                to="webinars.waitingplace",
            ),
        ),
        migrations.AlterField(
            model_name="email",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("confirmation", "Confirmation"),
                    ("access", "Link again"),
                    ("reminder", "Reminder"),
                    ("change", "Change of the session"),
                    ("follow_up", "Follow-up"),
                    ("reply", "Reply by e-mail"),
                    ("wait_alert", "Somebody waits"),
                    ("owed", "Owed replies"),
                    ("account", "Account"),
                    ("invitation", "Invitation"),
                    ("waiting_listed", "Waiting list"),
                    ("date_offered", "New date"),
                ],
                max_length=16,
            ),
        ),
    ]
