import { defineConfig } from 'vitest/config';

// A fixed zone, so that no test passes only where the developer lives.
process.env.TZ = 'Pacific/Auckland';

export default defineConfig({
  test: {
    include: ['{api-client,charts,client,elements,iframe,demo,render,scripts}/**/*.test.{ts,js}'],
    environment: 'node',
  },
});
