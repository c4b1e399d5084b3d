import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("chat", "0001_initial"),
        ("webinars", "0004_sessions_and_waiting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="chatpolicy",
            name="next_step_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="chatpolicy",
            name="script_said",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="PresetApplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("preset", models.PositiveSmallIntegerField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField()),
                ("versions", models.JSONField(default=dict)),
                ("applied_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("applied_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("webinar", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="presets", to="webinars.webinar")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("undone_at", None)), fields=["webinar", "-id"], name="preset_in_force")],
            },
        ),
    ]
