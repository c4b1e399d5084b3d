from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webinars", "0005_closed_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="waitingplace",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="waitingplace",
            name="browser",
            field=models.BinaryField(blank=True, editable=False, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="waitingplace",
            name="link_hash",
            field=models.BinaryField(blank=True, editable=False, max_length=32, null=True, unique=True),
        ),
        migrations.AddIndex(
            model_name="waitingplace",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="waiting_due"
            ),
        ),
    ]
