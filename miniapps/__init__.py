"""Mini-apps: city H5 apps, from their package to the resident's screen.

小程序 = mini-app, 应用包 = package, 清单 = manifest, 上传 = upload, 审核 = review, 发布 = release,
启动 = launch, 票据 = ticket, 兑换 = exchange. A package is checked file by file and kept
content-addressed; a version never changes once uploaded; another person than the uploader
approves it. Each app runs on its own origin, so that one app can neither read another's storage
nor reach the API. A city's own back end learns who a resident is only through a single-use ticket
and a number that means nothing outside that app. The portal lists apps through `service.listed`.
"""
