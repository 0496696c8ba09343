"""Static files as production serves them: named by what they hold, compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names with a hash, in the modules' own imports, too: `import … from "./store.js"` becomes the
    file that was collected, so that a browser never mixes two versions."""

    support_js_module_import_aggregation = True
