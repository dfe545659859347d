import type { Words } from '@/words/zh'

/** Subjects of services, as miniapps/data/categories.json names them, and how they are drawn. */
export const THEME_ICONS = {
  household: 'card', housing: 'house', education: 'school', employment: 'briefcase', social_security: 'shield', medical: 'heart',
  civil_affairs: 'people', transport: 'bus', utilities: 'wallet', elderly: 'elders', legal: 'seal', tax: 'pay',
  enterprise: 'building', culture: 'star', general: 'grid', portal: 'window',
} as const
export type Theme = keyof typeof THEME_ICONS
export const iconOfTheme = (key: string) => (THEME_ICONS as Record<string, string>)[key] ?? 'grid'
export const ON_HOME: Theme[] = ['household', 'housing', 'education', 'social_security', 'medical', 'transport', 'utilities', 'employment']

/** Things that happen in a life, the subject they belong to, and what to look for among the items. */
export interface Scene { key: 'birth' | 'school' | 'job' | 'home' | 'ill' | 'old' | 'car' | 'firm'; theme: Theme; icon: string; q: string; tint: string }
export const SCENES: Scene[] = [
  { key: 'birth', theme: 'civil_affairs', icon: 'people', q: '生育', tint: '#f7ebe2' },
  { key: 'school', theme: 'education', icon: 'school', q: '教育', tint: '#e5eef4' },
  { key: 'job', theme: 'employment', icon: 'briefcase', q: '就业', tint: '#e8efe6' },
  { key: 'home', theme: 'housing', icon: 'house', q: '住房', tint: '#f3ece0' },
  { key: 'ill', theme: 'medical', icon: 'heart', q: '医疗', tint: '#f7e8e6' },
  { key: 'old', theme: 'elderly', icon: 'elders', q: '老年', tint: '#ece9f2' },
  { key: 'car', theme: 'transport', icon: 'car', q: '车', tint: '#e4eff0' },
  { key: 'firm', theme: 'enterprise', icon: 'building', q: '企业', tint: '#ebeef2' },
]
export const sceneWord = (scene: Scene): keyof Words => `scene.${scene.key}`
export const themeWord = (theme: Theme): keyof Words => `theme.${theme}`
