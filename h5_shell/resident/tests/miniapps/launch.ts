import type { Call } from '@wanshi/bridge/host'
import { METHODS, type MethodName } from '@wanshi/bridge/methods'
import type { Launch, Permission } from '@/api/miniapps'

export const permission = (scope: string, more: Partial<Permission> = {}): Permission =>
  ({ scope, title: '获取您的位置', reason: '找附近的网点', required: false, approved: true, granted: 'no', ...more })
export const launch = (more: Partial<Launch> = {}): Launch => ({
  launch_id: 'n1', token: 'tok', origin: 'https://ah340100gjj.miniapp.example', url: 'https://ah340100gjj.miniapp.example/v/3/index.html', trial: false, sandbox: '', allow: '', mode: 'h5',
  permissions: [permission('device.geolocation'), permission('auth.ticket', { title: '知道是您在使用', required: true }), permission('pay.request'), permission('device.scan', { approved: false })],
  ticket_fields: [{ key: 'openid', title: '应用内编号' }, { key: 'tier', title: '实名等级' }], ui: { titlebar: 'native', elder: 'native', theme: null }, min_tier: 0, release: '', jwk: {},
  app: { appid: 'ah340100gjj', name: '合肥公积金', owner_name: '合肥市公积金中心', version: '1.0.0', icon_url: '', hotline: '' }, ...more,
})
export const call = (method: MethodName, more: Partial<Call> = {}): Call => ({ method, params: {}, dialect: '', ...METHODS[method], ...more })
