/* Every file is built on its own under a stable name; Django adds the fingerprint when it collects. */
import { defineConfig, type Plugin } from "vite";

const entries: Record<string, string> = {
  "office/office": "src/office.ts",
  "office/map": "src/map.ts",
  "office/chart": "src/chart.ts",
  "public/public": "src/css/public-main.css",
};

/** public/ holds icons and the mark; they belong beside office.css. */
function oneFolder(): Plugin {
  return {
    name: "one-folder",
    async closeBundle() {
      const { cp } = await import("node:fs/promises");
      await cp("public", "../dist/office", { recursive: true });
    },
  };
}

export default defineConfig({
  publicDir: false,
  logLevel: "warn",
  // Leaflet's own ES module: its default file would need a shared runtime chunk.
  resolve: { alias: [{ find: /^leaflet$/, replacement: "leaflet/dist/leaflet-src.esm.js" }] },
  plugins: [oneFolder()],
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "chrome90",
    cssTarget: "chrome90",
    assetsInlineLimit: 16384,
    modulePreload: false,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: entries,
      // htmx holds an eval that htmx.config.allowEval = false keeps shut.
      onwarn: (warning, report) => {
        if (warning.code !== "EVAL") report(warning);
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "office/[name].js",
        assetFileNames: (asset) =>
          asset.names[0]?.startsWith("public") ? "public/public[extname]" : "office/[name][extname]",
      },
    },
  },
});
