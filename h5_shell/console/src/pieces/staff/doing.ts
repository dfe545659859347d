import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import 'element-plus/es/components/message/style/css.mjs'
import { ref } from 'vue'
import { problemOf } from '#console/client/problem.ts'

/** One deed at a time: busy while it runs, its refusal said beside it, its success said in passing. */
export function useDoing() {
  const busy = ref(false)
  const failed = ref('')
  async function run<T>(deed: () => Promise<T>, done = ''): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    failed.value = ''
    try {
      const result = await deed()
      if (done) ElMessage.success(done)
      return result
    } catch (error) {
      failed.value = problemOf(error).message
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, failed, run }
}
