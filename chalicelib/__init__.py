"""The HTTP edge: routes, authorizer, problem documents, OpenAPI.

Importing it is a large part of a cold start, and a fifth of that is the garbage collector looking through
modules and classes that will live as long as the process. A function's worker makes little garbage, so from
here on the collector waits for a hundred thousand new objects, some twenty megabytes, not for Python's 700.
"""

import gc

ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000

gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS, 20, 50)
