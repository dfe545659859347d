"""WeChat and Alipay log-in as they are met on the wire: 模拟微信, 模拟支付宝."""
