import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

const timeAndChance = [
  { object: 'Date', property: 'now', message: 'Take a Clock (src/clock.ts).' },
  { object: 'Math', property: 'random', message: 'Take a Clock (src/clock.ts).' },
]
const timers = ['setTimeout', 'setInterval'].map((name) => ({ name, message: 'Take a Clock (src/clock.ts).' }))
const newDate = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Take a Clock (src/clock.ts).',
}

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**', 'test/interop/node-red-5/**', 'test-output/**', '.demo/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/require-await': 'off',
      // Node-RED constructors are functions whose `this` is the node.
      '@typescript-eslint/no-this-alias': ['error', { allowedNames: ['node'] }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'nodes/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...timeAndChance],
      'no-restricted-globals': ['error', ...timers],
      'no-restricted-syntax': ['error', newDate],
      'no-console': 'error',
    },
  },
  { files: ['src/clock.ts'], rules: { 'no-restricted-properties': 'off', 'no-restricted-globals': 'off' } },
  { files: ['src/simulator/cli.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Tests take the parts of what they were given apart; those are objects of closures, not of classes.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        window: 'readonly',
        document: 'readonly',
        $: 'readonly',
        RED: 'readonly',
        navigator: 'readonly',
        location: 'readonly',
        AbortSignal: 'readonly',
        Blob: 'readonly',
        AbortController: 'readonly',
        performance: 'readonly',
      },
    },
  },
)
