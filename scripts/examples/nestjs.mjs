const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    // `didit.js` of the README stays JavaScript.
    allowJs: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
}

export default {
  section: 'NestJS',
  install: [
    ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express'].map((name) => `${name}@11.1.6`),
    'reflect-metadata@0.2.2',
    'rxjs@7.8.2',
    'typescript@5.9.3',
    '@types/node@20.19.43',
  ],
  // As a new project of Nest: CommonJS, compiled by tsc.
  isModule: false,
  sourceFolder: 'src',
  files: { 'tsconfig.json': JSON.stringify(tsconfig) },
  build: [['npx', '--no-install', 'tsc']],
  start: ['node', 'dist/main.js'],
}
