import { createGuest } from '../../bridge/src/guest'

const wanshi = createGuest(window)
const out = document.getElementById('o') as HTMLElement
const say = (x: unknown) => { out.textContent = JSON.stringify(x, null, 1) }
const dot = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const CALLS: Record<string, () => Promise<unknown>> = {
  取登录票据: () => wanshi.auth.getTicket(),
  刷脸: () => wanshi.auth.verifyFace(),
  改标题: () => wanshi.ui.setTitle('我的公积金'),
  定位: () => wanshi.device.getLocation({ coordinate: 'gcj02' }),
  扫码: () => wanshi.device.scan({}),
  过会儿扫码: () => new Promise(r => setTimeout(r, 6000)).then(() => wanshi.device.scan({})),
  选图片: () => wanshi.media.chooseImage({ count: 3 }),
  看图片: () => wanshi.media.previewImage({ images: [dot, dot] }),
  分享: () => wanshi.share.open({ title: '公积金怎么提取', desc: '三步就能办完', link: '/v/1/guest.html?from=share#steps' }),
  外链: () => wanshi.link.open('https://www.mohurd.gov.cn/gongkai/index.html'),
  打电话: () => wanshi.device.phoneCall({ number: '0551-5550101' }),
  付款: () => wanshi.pay.request({ bill: 'B2026112100006' }),
  提示框: () => wanshi.ui.confirm({ title: '提取公积金', message: '提取后 3 个工作日到账，确定提取吗？', ok: '提取', cancel: '再想想' }),
  填一句: () => wanshi.ui.prompt({ title: '备注', message: '想对经办人说的话', placeholder: '选填' }),
  选一个: () => wanshi.ui.actionSheet({ title: '提取原因', items: ['购房', '租房', '退休'] }),
  选地区: () => wanshi.region.choose(),
  等待: () => wanshi.ui.showLoading({ visible: true, text: '正在查询' }),
  提示: () => wanshi.ui.toast('已保存'),
  菜单: () => wanshi.ui.setMenu({ items: [{ id: 'help', text: '帮助' }] }),
  关闭: () => wanshi.ui.close(),
}
for (const [name, call] of Object.entries(CALLS)) {
  const button = Object.assign(document.createElement('button'), { textContent: name })
  button.addEventListener('click', () => { call().then(say, (e: Error) => say(String(e))) })
  document.getElementById('calls')?.append(button)
}
void wanshi.ready.then(say)
