"""Messages heard, parts that wait for others, and what became of segments."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(help_text="of sender, number and words, of the day's key", max_length=16, unique=True)),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(help_text="of sender, number, reference and count, of the day's key", max_length=16)),
                ('number', models.PositiveSmallIntegerField()),
                ('sealed_by', models.CharField(max_length=64)),
                ('sealed', models.BinaryField(help_text='sealed: the bytes of this part')),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('digest', 'number'), name='sms_part_once')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outgoing', models.UUIDField(db_index=True, help_text='the message in the outbox')),
                ('number', models.PositiveSmallIntegerField(help_text='from 1')),
                ('centre', models.CharField(max_length=32)),
                ('message_id', models.CharField(help_text='as the centre named it', max_length=65)),
                ('delivery', models.CharField(choices=[('taken', 'tổng đài đã nhận'), ('delivered', 'đã tới máy'), ('failed', 'không tới máy')], default='taken', max_length=12)),
                ('taken_at', models.DateTimeField(db_index=True)),
                ('delivery_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['centre', 'message_id'], name='sms_segment_named')],
            },
        ),
    ]
