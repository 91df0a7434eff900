"""A verdict for each report, and the models that may give one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('reports', '0012_indicator_named'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=64, unique=True)),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('body', models.BinaryField(help_text='the file, compressed by zlib')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(help_text='as in the ledger', max_length=160)),
            ],
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='verdict', serialize=False, to='reports.report')),
                ('model', models.CharField(help_text='the version of the model that gave it', max_length=64)),
                ('called', models.CharField(max_length=24)),
                ('scam', models.FloatField(help_text='0..1')),
                ('spam', models.FloatField(help_text='0..1')),
                ('why', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(help_text='as in the ledger', max_length=160)),
                ('model', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='verdicts.storedmodel')),
            ],
            options={
                'indexes': [models.Index(fields=['-at', '-id'], name='choice_newest')],
            },
        ),
    ]
