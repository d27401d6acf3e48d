// Debian and Homebrew call the folder differently.
#if __has_include(<coin/Clp_C_Interface.h>)
#include <coin/Clp_C_Interface.h>
#else
#include <coin-or/Clp_C_Interface.h>
#endif
