import js from '@eslint/js'
import globals from 'globals'
import ts from 'typescript-eslint'
import vue from 'eslint-plugin-vue'

// Pages stand on parts and on their context's pieces, never on each other: a page
// that imports a page ties two contexts together and can no longer be moved alone.
const pagesNeverImportPages = {
  files: ['*/src/pages/**'],
  rules: {
    'no-restricted-imports': ['error', {
      patterns: [
        { group: ['@/pages/**', './*', '../*'], message: 'Pages never import pages; share through pieces/ or parts.' },
      ],
    }],
  },
}

// The host and the guest are loaded by pages we do not build: nothing may be dragged in.
const bridgeHasNoDependencies = {
  files: ['bridge/src/**'],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^[^.]', message: 'bridge/ has zero dependencies.' }] }] },
}

export default ts.config(
  { ignores: ['**/dist/', '**/node_modules/', 'cli/assets/', 'client/src/generated/', '**/components.d.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'max-lines': ['error', 250],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      'no-undef': 'off',
      'vue/no-v-html': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'any', component: 'always' } }],
      'vue/require-default-prop': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/multiline-html-element-content-newline': 'off',
    },
  },
  { files: ['**/*.ts'], rules: { 'no-undef': 'off' } },
  { files: ['**/*.mjs', '*/scripts/**', '*/dev/**'], rules: { 'no-console': 'off' } },
  pagesNeverImportPages,
  bridgeHasNoDependencies,
)
