from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0004_shifts_and_expectations'),
    ]

    operations = [
        migrations.AddField(
            model_name='exclusion',
            name='floating',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='chathours',
            name='holidays_region',
            field=models.CharField(blank=True, default='', max_length=24),
        ),
    ]
