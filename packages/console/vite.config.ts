import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";
import { compressed, preloaded } from "./vite-plugins.ts";

/** `npm run dev` shows changes at once, and asks a server that runs at its usual port. */
const config: UserConfig = defineConfig({
  plugins: [react(), preloaded("/src/pages/overview.tsx"), compressed()],
  build: { target: "es2023", sourcemap: false, assetsInlineLimit: 0 },
  server: {
    proxy: {
      "/api": {
        target: "http://127.0.0.1:9000",
        changeOrigin: false,
        bypass: ({ url }) => (/^\/api\/docs(?:$|[/?])/.test(url ?? "") ? "/index.html" : undefined),
      },
    },
  },
});

export default config;
