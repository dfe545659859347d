/** The first script of every page of an app that was written for another container. */
import { connect } from '../connection'
import { createGuest } from '../guest'
import { installAlipay } from './alipay'
import { installCroods } from './croods'
import { installDingtalk } from './dingtalk'
import { Page, type Config } from './page'
import { watchScripts } from './scripts'
import { catchSignIn } from './sso'
import { leadHome, nameUs } from './surroundings'
import { installWeixin } from './weixin'
import { installZwlog } from './zwlog'
import { installZwjs } from './zwjs'
import { watchPage } from '../watching'

const NONE: Config = { appid: '', code: 0, dialects: [], ua: [], scriptMap: {}, hostMap: {}, baseAlias: [], shellOrigin: '' }

/** Puts the declared containers around this page. */
export function install(self: Window & typeof globalThis): void {
  const { __wanshiPrelude: said } = self as unknown as { __wanshiPrelude?: Partial<Config> }
  const page = new Page(self, Object.assign({}, NONE, said), connect(self))
  Object.assign(self, { wanshi: createGuest(self) })
  watchPage(self, connect(self).invoke)
  nameUs(page)
  leadHome(page)
  watchScripts(page)
  catchSignIn(page)
  if (page.has('croods')) installCroods(page)
  if (page.has('zwjs')) installZwjs(page)
  if (page.has('zwlog')) installZwlog(page)
  if (page.has('weixin')) installWeixin(page)
  if (page.has('dingtalk')) installDingtalk(page)
  if (['croods', 'zwjs', 'alipay', 'dingtalk'].some(dialect => page.has(dialect))) installAlipay(page)
}

install(window)
