import { defineStore } from 'pinia'
import * as api from '@/api/miniapps'
import { recall, remember } from './memory'

/** As much of an app as a tile shows. */
export type AppCard = Pick<api.MiniApp, 'appid' | 'name' | 'short_name' | 'icon_url'>
const MOST = 8

function kept(key: string): AppCard[] {
  try {
    const found = JSON.parse(recall(key) ?? '[]') as AppCard[]
    return Array.isArray(found) ? found.filter(a => a && typeof a.appid === 'string' && typeof a.name === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}
const cardOf = ({ appid, name, short_name, icon_url }: AppCard): AppCard => ({ appid, name, short_name, icon_url })

/** Apps used lately and apps kept at hand: the account's, or this device's while nobody is signed in. */
export const useApps = defineStore('apps', {
  state: () => ({ recent: kept('apps-recent'), favourites: kept('apps-kept'), mine: false }),
  actions: {
    async load(signedIn: boolean) {
      this.mine = signedIn
      if (!signedIn) {
        this.recent = kept('apps-recent')
        this.favourites = kept('apps-kept')
        return
      }
      const found = await api.mine().catch(() => null)
      if (!found || !this.mine) return
      this.recent = found.recent.slice(0, MOST)
      this.favourites = found.favourites
    },
    /** The account's own list is kept by the server, which sees every opening. */
    opened(app: AppCard) {
      this.recent = [cardOf(app), ...this.recent.filter(a => a.appid !== app.appid)].slice(0, MOST)
      if (!this.mine) remember('apps-recent', JSON.stringify(this.recent))
    },
    holds(appid: string) { return this.favourites.some(a => a.appid === appid) },
    /** Answers whether the app is kept now. */
    async toggle(app: AppCard): Promise<boolean> {
      const was = this.holds(app.appid)
      if (this.mine) await (was ? api.unfavour(app.appid) : api.favour(app.appid))
      this.favourites = was ? this.favourites.filter(a => a.appid !== app.appid) : [cardOf(app), ...this.favourites]
      if (!this.mine) remember('apps-kept', JSON.stringify(this.favourites.slice(0, MOST)))
      return !was
    },
  },
})
