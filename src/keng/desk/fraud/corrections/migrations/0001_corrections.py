"""Words of officers on verdicts, and replays of a model over stored reports."""

import django.db.models.deletion
import keng.base.identifiers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('jobs', '0004_owner'),
        ('reports', '0012_indicator_named'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.UUIDField(default=keng.base.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('model', models.CharField(help_text='the version that is tried', max_length=64)),
                ('against', models.CharField(help_text='the version that was live when it began', max_length=64)),
                ('made_by', models.CharField(help_text='as in the ledger', max_length=160)),
                ('made_at', models.DateTimeField(db_index=True)),
                ('reports', models.IntegerField(help_text='how many it reads')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.batch')),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was', models.CharField(max_length=24)),
                ('would_be', models.CharField(max_length=24)),
                ('reports', models.IntegerField()),
                ('judged', models.IntegerField(help_text='of these, with a correction or a word that it was right')),
                ('was_right', models.IntegerField(help_text='of those judged')),
                ('would_be_right', models.IntegerField(help_text='of those judged')),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tallies', to='corrections.replay')),
            ],
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=keng.base.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('model', models.CharField(help_text='the version of the model that had called it `machine`', max_length=64)),
                ('machine', models.CharField(max_length=24)),
                ('said', models.CharField(max_length=24)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='reports.report')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('undone_at', None)), fields=['model', 'machine', 'said'], name='correction_counted')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('report',), name='one_standing_correction_a_report')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was', models.CharField(max_length=24)),
                ('would_be', models.CharField(max_length=24)),
                ('said', models.CharField(blank=True, max_length=24)),
                ('scam_was', models.FloatField()),
                ('scam_would_be', models.FloatField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reports.report')),
                ('replay', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='corrections.replay')),
            ],
            options={
                'indexes': [models.Index(fields=['replay', 'was', 'would_be', '-report'], name='change_listed')],
                'constraints': [models.UniqueConstraint(fields=('replay', 'report'), name='change_once_a_replay')],
            },
        ),
    ]
