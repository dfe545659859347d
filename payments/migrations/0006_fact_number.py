from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('payments', '0005_receipt_turn')]

    initial = False

    operations = [
        ops.AddField(
            model_name='ChannelFact',
            name='out_trade_no',
            field=fields.CharField(default='', db_index=True, db_default='', max_length=64),
        ),
    ]
