/** What the pretend back end says about home cities, the first sign-in and recognition. */
import { cities } from './portal'
import type { Asked, Told } from './identity'

const refuse = (status: number, code: string, title: string): never => { throw { problem: { status, code, title, detail: title } } satisfies Told }
const home = (city: string, basis: string) => ({ city, city_name: cities.find(c => c.code === city)?.name ?? city, basis, basis_name: basis === 'chosen' ? '本人选择' : '身份证号码所属地' })
let mine = home('341600', 'id_number')
const user = {
  user_no: '7f'.repeat(16), cert_key: 'a'.repeat(64), cert_type: '111', cert_no: '34160219900307102X', cert_ext_date: '2035-09-11', user_name: '周晓岚', user_sex: '2', user_nation: '汉族',
  user_birthday: '1990-03-07', user_mobile: '13800002046', user_region: '341600', user_real_lvl: '4', real_until: '2027-12-12T03:00:00Z', user_state: 'active', cd_operation: 'I', cd_time: '2026-11-22T03:00:00Z', cd_batch: 'export',
}
const signedIn = (tier: number) => ({ access_token: `mock-${tier}`, expires_in_s: 900, person: { id: 'p-1', display_name: '周**', tier }, authority: 'urn:wanshi:authority:341600', assertion: '' })
/** A request as the province would sign it, for the pictures. */
const requestToken = () => `e30.${Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 600, return_to: 'https://zwfw.hefei.example.gov.cn/recognition/done' })).toString('base64url')}.c2ln`

export const federationRoutes: [string, (c: Asked) => unknown][] = [
  ['GET /me/home', () => ({ home: mine })],
  ['PUT /me/home', c => ({ home: (mine = home(String(c.body.city), 'chosen')) })],
  ['GET /me/user-record', () => ({ schema_id: 'urn:wanshi:schema:user-record:1', user })],
  ['POST /password-resets', () => refuse(422, 'grants.reset_refused', '填写的信息不正确，请核对手机号和身份证号码')],
  ['POST /first-sign-in/codes', () => ({ expires_in_s: 300 })],
  ['POST /first-sign-in', c => (c.body.code === '123456' ? signedIn(1) : refuse(422, 'people.code_refused', '验证码不正确或已失效'))],
  ['POST /federation/sign-ins', c => {
    const to = String(c.body.home)
    if (to === '340200') return refuse(503, 'federation.peer_unreachable', '对方平台暂时无法连接，请稍后再试')
    if (to === '340300') return { attempt: null, way: 'here', authority: 'urn:wanshi:authority:340000', authority_name: '安徽省统一身份认证', page: '' }
    const nation = !to.startsWith('34')
    return {
      attempt: 'f1', way: nation ? 'national' : 'city', authority: `urn:wanshi:authority:${nation ? '000000' : to}`,
      authority_name: nation ? '国家政务服务平台统一身份认证' : '安徽省亳州市统一身份认证', page: `https://zwfw.bozhou.example.gov.cn/recognition?request=${requestToken()}`,
    }
  }],
  ['POST /federation/tickets', () => ({ redirect_to: '/recognition/done?attempt=f1#ticket=good' })],
  ['POST /federation/sign-ins/:/ticket', c => {
    if (c.body.ticket === 'conflict') return refuse(409, 'federation.record_conflicts', '用户信息与本平台已有信息不一致，请到政务大厅核对')
    if (c.body.ticket === 'stranger') return refuse(404, 'federation.not_registered', '该用户尚未在省级平台注册')
    return c.body.ticket === 'good' ? signedIn(2) : refuse(422, 'federation.not_recognised', '互认凭证无效或已失效，请重新登录')
  }],
]
