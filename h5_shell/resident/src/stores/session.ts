import { onSession, refreshSession, setToken, type Acting, type SessionBody } from '@wanshi/client'
import { defineStore } from 'pinia'
import { signOut as askSignOut } from '@/api/grants'
import { forget, recall, remember } from './memory'

export interface Person { id: string; display_name: string; tier: number }

/** Who is here. The token itself stays inside the client package. */
export const useSession = defineStore('session', {
  state: () => ({ person: null as Person | null, acting: null as Acting | null, ready: false, ended: false }),
  getters: {
    signedIn: state => state.person !== null,
    tier: state => state.person?.tier ?? 0,
  },
  actions: {
    /** Only people who once signed in here are worth a refresh call at start. */
    async start() {
      onSession({ renewed: s => this.accept(s), lost: () => this.drop(true) })
      if (recall('had-session')) {
        const session = await refreshSession().catch(() => null)
        if (!session && navigator.onLine) forget('had-session')
      }
      this.ready = true
    },
    accept(session: SessionBody) {
      setToken(session.access_token)
      this.person = session.person
      this.acting = session.acting ?? null
      this.ended = false
      remember('had-session', '1')
    },
    drop(ended = false) {
      setToken(null)
      this.person = null
      this.acting = null
      this.ended = ended
      forget('had-session')
    },
    async renew() {
      await refreshSession()
    },
    async signOut() {
      await askSignOut().catch(() => undefined)
      this.drop()
    },
  },
})
