// The libtorch wheel has Gloo inside but not its headers. These files name what c10d's header mentions, and no
// more: nothing of Gloo is made or called through them.
#pragma once
