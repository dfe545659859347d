import { defineStore } from 'pinia'
import * as grants from '#console/api/grants.ts'
import { onSession, refreshSession, setToken, type Session } from '#console/client/transport.ts'

export type Officer = Session['staff']
const MARK = 'wanshi.console.had-session'

/** Who sits at the desk. The token itself stays inside the transport. */
export const useSession = defineStore('session', {
  state: () => ({
    officer: null as Officer | null,
    /** The session ended under an open page: the page stays, and asks for the password again. */
    ended: false,
    /** The account last used on this page, so that only the password is asked again. */
    login: '',
  }),
  getters: {
    signedIn: state => state.officer !== null,
    administers: state => state.officer?.roles.some(role => role === 'system_admin' || role === 'security_admin') ?? false,
    guards: state => state.officer?.roles.includes('security_admin') ?? false,
    keepsRegister: state => state.officer?.roles.includes('system_admin') ?? false,
    treasurer: state => state.officer?.roles.includes('treasurer') ?? false,
    approver: state => state.officer?.roles.includes('case_approver') ?? false,
  },
  actions: {
    /** Only who once signed in here is worth a refresh call at start. */
    async start() {
      onSession({ renewed: s => this.accept(s), lost: () => { this.ended = this.officer !== null } })
      if (!localStorage.getItem(MARK)) return
      const session = await refreshSession().catch(() => null)
      if (!session && navigator.onLine) localStorage.removeItem(MARK)
    },
    accept(session: Session) {
      setToken(session.access_token)
      this.officer = session.staff
      this.ended = false
      localStorage.setItem(MARK, '1')
    },
    async signIn(login: string, password: string) {
      this.accept(await grants.signIn(login, password))
      this.login = login
    },
    /** Forget here whatever the server says: a shared computer must not stay signed in. */
    async signOut() {
      await grants.signOut().catch(() => undefined)
      this.leave()
    },
    leave() {
      setToken(null)
      this.officer = null
      this.ended = false
      localStorage.removeItem(MARK)
    },
  },
})
