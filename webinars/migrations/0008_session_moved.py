from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('webinars', '0007_replay_of'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='session',
            index=models.Index(
                condition=models.Q(('moved_from__isnull', False)),
                fields=['webinar', 'moved_from'],
                name='session_moved',
            ),
        ),
    ]
