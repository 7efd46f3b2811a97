/* fusewire_ring.h - one end of a ring between two processes, for C and C++.
 *
 * The other end may be a Rust process (fusewire::edge::shm), or another user of this file. C99 or C++11 and later, Linux,
 * GCC or Clang; nothing to link. Layout and rules: docs/shared_memory.md. All functions are inline and use no memory but that
 * of the ring and of the caller.
 *
 *     struct quote { uint64_t id; int64_t price; };
 *
 *     struct fw_ring ring;
 *     if (fw_ring_open(&ring, "quotes", FW_RING_PRODUCER, sizeof(struct quote), 8, "Quote v1", 1024) != FW_RING_OK)
 *         return fprintf(stderr, "%s\n", ring.error), 1;
 *     struct quote quote = {1, 100};
 *     int pushed;
 *     while ((pushed = fw_ring_push(&ring, &quote)) == FW_RING_FULL)
 *         fw_ring_wait(&ring, 1000);
 *     fw_ring_wake(&ring);
 *     if (pushed == FW_RING_CLOSED)
 *         return fprintf(stderr, "the consumer has left: the quote was not taken\n"), 1;
 *     fw_ring_close(&ring);
 *
 * A ring belongs to one thread at a time, and to one producer and one consumer: a second one is refused. Dying is allowed at
 * any moment: the other process goes on, and the next one takes over.
 *
 * The GNU names of the C library are needed: include this file first, or define _GNU_SOURCE before any other.
 */
#ifndef FUSEWIRE_RING_H
#define FUSEWIRE_RING_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if !defined(O_TMPFILE) || !defined(F_OFD_SETLK)
#error "fusewire_ring.h needs the GNU names: include it first, or define _GNU_SOURCE before any other include"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- the layout, version 1: docs/shared_memory.md has the table ----------------------------------------------------------- */

#define FW_RING_MAGIC "fusering"
#define FW_RING_VERSION 1u
#define FW_RING_BYTE_ORDER UINT64_C(0x0102030405060708)

enum {
    FW_RING_AT_MAGIC = 0x000,
    FW_RING_AT_BYTE_ORDER = 0x008,
    FW_RING_AT_VERSION = 0x010,
    FW_RING_AT_ELEMENT_SIZE = 0x018,
    FW_RING_AT_ELEMENT_ALIGN = 0x020,
    FW_RING_AT_CAPACITY = 0x028,
    FW_RING_AT_STRIDE = 0x030,
    FW_RING_AT_START = 0x038,
    FW_RING_AT_FINGERPRINT = 0x040,
    FW_RING_AT_TOTAL = 0x048,
    FW_RING_AT_TYPE_NAME = 0x080,
    FW_RING_TYPE_NAME_BYTES = 0x80,
    FW_RING_AT_PRODUCER = 0x100,
    FW_RING_AT_CONSUMER = 0x280,
    FW_RING_END_STATE = 0x00,
    FW_RING_END_PID = 0x08,
    FW_RING_END_STARTED = 0x10,
    FW_RING_END_GENERATION = 0x18,
    FW_RING_END_DEATHS = 0x20,
    FW_RING_END_SLEEPS = 0x28,
    FW_RING_PRODUCER_DROPPED = 0x80,
    FW_RING_PRODUCER_STALLS = 0x88,
    FW_RING_CONSUMER_REDELIVERED = 0x80,
    FW_RING_CONSUMER_TAKEN = 0x88,
    FW_RING_END_BELL = 0x100,
    FW_RING_AT_HEAD = 0x400,
    FW_RING_AT_SLOTS = 0x1000,
    FW_RING_LOCK_PRODUCER = 0,
    FW_RING_LOCK_CONSUMER = 1,
    FW_RING_NAME_BYTES = 200
};

#define FW_RING_MOST_SLOTS (UINT64_C(1) << 32)
#define FW_RING_MOST_BYTES (UINT64_C(1) << 30)

enum {
    FW_RING_STATE_NEVER = 0,
    FW_RING_STATE_ATTACHED = 1,
    FW_RING_STATE_CLOSED = 2,
    FW_RING_STATE_ATTACHING = 3,
    FW_RING_STATE_BURIED = 4
};

/* Above so many bits of a state is the generation of the other end that belongs to a former run. */
enum { FW_RING_STATE_BITS = 8 };

enum { FW_RING_BELL_SILENT = 0, FW_RING_BELL_ASKED = 1, FW_RING_BELL_ASLEEP = 2 };

/* --- the interface -------------------------------------------------------------------------------------------------------- */

enum fw_ring_end { FW_RING_PRODUCER = 0, FW_RING_CONSUMER = 1 };

enum fw_ring_status {
    FW_RING_OK = 0,      /* done */
    FW_RING_FULL = 1,    /* no room: the value was not taken */
    FW_RING_EMPTY = 2,   /* nothing waits */
    FW_RING_CLOSED = 3,  /* the other end was closed, and nothing is left to pop; or it wrote what no correct process writes */
    FW_RING_TIMEOUT = 4, /* nothing happened in that time */
    FW_RING_REFUSED = 5  /* fw_ring.error says why, in one sentence */
};

/* Who is at an end. */
enum fw_ring_peer_state { FW_RING_PEER_NEVER = 0, FW_RING_PEER_ALIVE = 1, FW_RING_PEER_CLOSED = 2, FW_RING_PEER_DIED = 3 };

struct fw_ring_peer {
    enum fw_ring_peer_state state;
    uint32_t pid;     /* the process that has, or had the end; as it said itself */
    uint64_t started; /* when that process started, so that an id that is used again is not taken for it */
};

struct fw_ring_counters {
    uint64_t pushed; /* == popped + dropped + depth */
    uint64_t popped;
    uint64_t dropped;
    uint64_t depth;
};

/* One end. The members are its own copies of what it must know, and nobody's to change. */
struct fw_ring {
    unsigned char *memory;
    size_t bytes;
    size_t size;
    size_t stride;
    size_t value_at;
    size_t sequence_at;
    uint64_t mask;
    uint64_t start;
    uint64_t index; /* of the next value to push, or to pop */
    uint64_t limit; /* the producer's: up to where there is room */
    enum fw_ring_end end;
    int file;
    int odd;            /* the other process wrote what no correct one would */
    int full;           /* the producer's: 1 a push found no room, 2 and that was counted as a stall */
    uint32_t died;      /* the process that died with this end before, or 0 */
    char error[256];
};

/* --- words ---------------------------------------------------------------------------------------------------------------- */

static inline uint64_t *fw_ring_word_(const struct fw_ring *ring, size_t at) {
    return (uint64_t *)(void *)(ring->memory + at);
}

static inline uint32_t *fw_ring_bell_(const struct fw_ring *ring, size_t end) {
    return (uint32_t *)(void *)(ring->memory + end + FW_RING_END_BELL);
}

static inline uint64_t fw_ring_acquire_(const struct fw_ring *ring, size_t at) {
    return __atomic_load_n(fw_ring_word_(ring, at), __ATOMIC_ACQUIRE);
}

static inline void fw_ring_release_(const struct fw_ring *ring, size_t at, uint64_t word) {
    __atomic_store_n(fw_ring_word_(ring, at), word, __ATOMIC_RELEASE);
}

static inline uint64_t fw_ring_get_(const struct fw_ring *ring, size_t at) {
    return __atomic_load_n(fw_ring_word_(ring, at), __ATOMIC_RELAXED);
}

static inline void fw_ring_set_(const struct fw_ring *ring, size_t at, uint64_t word) {
    __atomic_store_n(fw_ring_word_(ring, at), word, __ATOMIC_RELAXED);
}

static inline size_t fw_ring_of_(enum fw_ring_end end) {
    return end == FW_RING_PRODUCER ? (size_t)FW_RING_AT_PRODUCER : (size_t)FW_RING_AT_CONSUMER;
}

static inline enum fw_ring_end fw_ring_other_(enum fw_ring_end end) {
    return end == FW_RING_PRODUCER ? FW_RING_CONSUMER : FW_RING_PRODUCER;
}

static inline const char *fw_ring_name_of_(enum fw_ring_end end) {
    return end == FW_RING_PRODUCER ? "producer" : "consumer";
}

static inline size_t fw_ring_slot_(const struct fw_ring *ring, uint64_t index) {
    return (size_t)FW_RING_AT_SLOTS + (size_t)(index & ring->mask) * ring->stride;
}

static inline uint64_t fw_ring_sequence_(const struct fw_ring *ring, uint64_t index) {
    return fw_ring_acquire_(ring, fw_ring_slot_(ring, index) + ring->sequence_at);
}

/* The number of a slot that waits for the value of that index. */
static inline uint64_t fw_ring_free_(const struct fw_ring *ring, uint64_t index) {
    return index + 1 - (ring->mask + 1);
}

/* The state in the word of an end, and whether it is that of one that was closed or buried. */
static inline uint64_t fw_ring_state_(uint64_t word) {
    return word & ((UINT64_C(1) << FW_RING_STATE_BITS) - 1);
}

static inline int fw_ring_is_over_(uint64_t word) {
    return fw_ring_state_(word) == FW_RING_STATE_CLOSED || fw_ring_state_(word) == FW_RING_STATE_BURIED;
}

/* A generation, as far as there is room for it above a state. */
static inline uint64_t fw_ring_generation_(const struct fw_ring *ring, enum fw_ring_end end) {
    return fw_ring_acquire_(ring, fw_ring_of_(end) + FW_RING_END_GENERATION) << FW_RING_STATE_BITS >> FW_RING_STATE_BITS;
}

/* The shape of the slots; docs/shared_memory.md has the table. */
static inline void fw_ring_shape_(struct fw_ring *ring, size_t size) {
    size_t words = (size + 7) / 8;
    ring->size = size;
    if (words <= 7) {
        ring->sequence_at = 0;
        ring->value_at = 8;
        ring->stride = words <= 1 ? 16 : 64;
    } else {
        ring->sequence_at = words * 8;
        ring->value_at = 0;
        ring->stride = (ring->sequence_at + 8 + 63) / 64 * 64;
    }
}

/* The fingerprint of a type: FNV-1a over size, alignment and name, as in Rust. */
static inline uint64_t fw_ring_fingerprint(size_t size, size_t align, const char *name) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint64_t numbers[2];
    int number, byte;
    numbers[0] = size;
    numbers[1] = align;
    for (number = 0; number < 2; number++)
        for (byte = 0; byte < 8; byte++)
            hash = (hash ^ ((numbers[number] >> (8 * byte)) & 0xff)) * UINT64_C(0x100000001b3);
    for (; *name != 0; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

/* --- processes ------------------------------------------------------------------------------------------------------------ */

/* When a process started, in clock ticks; 0 if that cannot be read. */
static inline uint64_t fw_ring_started_(const char *process) {
    char path[64], line[1024], *at, *end;
    ssize_t length;
    int field, file;
    snprintf(path, sizeof path, "/proc/%s/stat", process);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    /* The system makes the line anew and gives it whole to one read. */
    length = read(file, line, sizeof line - 1);
    close(file);
    if (length < 0)
        return 0;
    line[length] = 0;
    /* The second field, a name, may hold spaces and brackets. */
    at = strrchr(line, ')');
    if (at == NULL)
        return 0;
    at++;
    for (field = 3; field < 22; field++) {
        at += strspn(at, " ");
        at += strcspn(at, " ");
    }
    return (uint64_t)strtoull(at, &end, 10);
}

static inline struct flock fw_ring_lock_of_(enum fw_ring_end end) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = end == FW_RING_PRODUCER ? (off_t)FW_RING_LOCK_PRODUCER : (off_t)FW_RING_LOCK_CONSUMER;
    lock.l_len = 1;
    return lock;
}

/* Who is at an end, this one's own excepted. Costs system calls. */
static inline struct fw_ring_peer fw_ring_who(const struct fw_ring *ring) {
    enum fw_ring_end end = fw_ring_other_(ring->end);
    size_t at = fw_ring_of_(end);
    struct fw_ring_peer peer;
    uint64_t state = 0, generation;
    int tries, locked = 0;
    peer.pid = 0;
    peer.started = 0;
    for (tries = 0; tries < 100; tries++) {
        struct flock lock = fw_ring_lock_of_(end);
        generation = fw_ring_get_(ring, at + FW_RING_END_GENERATION);
        state = fw_ring_acquire_(ring, at + FW_RING_END_STATE);
        peer.pid = (uint32_t)fw_ring_get_(ring, at + FW_RING_END_PID);
        peer.started = fw_ring_get_(ring, at + FW_RING_END_STARTED);
        locked = fcntl(ring->file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
        /* Somebody may attach or leave between two looks. */
        if (state == fw_ring_acquire_(ring, at + FW_RING_END_STATE) &&
            generation == fw_ring_get_(ring, at + FW_RING_END_GENERATION))
            break;
    }
    state = fw_ring_state_(state);
    if (state == FW_RING_STATE_NEVER)
        peer.state = FW_RING_PEER_NEVER;
    else if (state == FW_RING_STATE_ATTACHED || state == FW_RING_STATE_ATTACHING)
        peer.state = locked ? FW_RING_PEER_ALIVE : FW_RING_PEER_DIED;
    else
        peer.state = FW_RING_PEER_CLOSED;
    return peer;
}

/* --- opening -------------------------------------------------------------------------------------------------------------- */

static inline int fw_ring_fail_(struct fw_ring *ring, const char *path, const char *what) {
    snprintf(ring->error, sizeof ring->error, "the ring %.120s is refused: %.120s", path, what);
    return FW_RING_REFUSED;
}

static inline int fw_ring_fail_errno_(struct fw_ring *ring, const char *path, const char *doing) {
    snprintf(ring->error, sizeof ring->error, "the system refused to %s %.120s: %.80s", doing, path, strerror(errno));
    return FW_RING_REFUSED;
}

static inline int fw_ring_map_(struct fw_ring *ring, const char *path) {
    int error = posix_fallocate(ring->file, 0, (off_t)ring->bytes);
    void *memory;
    if (error != 0) {
        errno = error;
        return fw_ring_fail_errno_(ring, path, "find memory for");
    }
    memory = mmap(NULL, ring->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->file, 0);
    if (memory == MAP_FAILED)
        return fw_ring_fail_errno_(ring, path, "map");
    madvise(memory, ring->bytes, MADV_DONTFORK);
    ring->memory = (unsigned char *)memory;
    return FW_RING_OK;
}

/* Makes a ring that nobody sees before it is whole. FW_RING_CLOSED if somebody else was faster. */
static inline int fw_ring_create_(struct fw_ring *ring, const char *path, size_t align, const char *type, uint64_t capacity,
                                  unsigned mode) {
    char own[64];
    size_t length = strlen(type), skip = length > FW_RING_TYPE_NAME_BYTES ? length - FW_RING_TYPE_NAME_BYTES : 0;
    uint64_t index;
    int status;
    ring->file = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    if (ring->file < 0)
        return fw_ring_fail_errno_(ring, path, "make");
    if (fchmod(ring->file, mode) != 0)
        return fw_ring_fail_errno_(ring, path, "set the permissions of");
    ring->mask = capacity - 1;
    ring->start = 0;
    ring->bytes = (size_t)FW_RING_AT_SLOTS + (size_t)capacity * ring->stride;
    status = fw_ring_map_(ring, path);
    if (status != FW_RING_OK)
        return status;
    memcpy(ring->memory + FW_RING_AT_MAGIC, FW_RING_MAGIC, 8);
    fw_ring_set_(ring, FW_RING_AT_BYTE_ORDER, FW_RING_BYTE_ORDER);
    fw_ring_set_(ring, FW_RING_AT_VERSION, FW_RING_VERSION);
    fw_ring_set_(ring, FW_RING_AT_ELEMENT_SIZE, ring->size);
    fw_ring_set_(ring, FW_RING_AT_ELEMENT_ALIGN, align);
    fw_ring_set_(ring, FW_RING_AT_CAPACITY, capacity);
    fw_ring_set_(ring, FW_RING_AT_STRIDE, ring->stride);
    fw_ring_set_(ring, FW_RING_AT_FINGERPRINT, fw_ring_fingerprint(ring->size, align, type));
    fw_ring_set_(ring, FW_RING_AT_TOTAL, ring->bytes);
    memcpy(ring->memory + FW_RING_AT_TYPE_NAME, type + skip, length - skip);
    for (index = 0; index < capacity; index++)
        fw_ring_release_(ring, fw_ring_slot_(ring, index) + ring->sequence_at, fw_ring_free_(ring, index));
    snprintf(own, sizeof own, "/proc/self/fd/%d", ring->file);
    if (linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
        return FW_RING_OK;
    if (errno == EEXIST)
        return FW_RING_CLOSED;
    return fw_ring_fail_errno_(ring, path, "link");
}

/* Looks at a ring that somebody else made: its header is read once, into our own memory. */
static inline int fw_ring_attach_(struct fw_ring *ring, const char *path, size_t align, const char *type, unsigned mode) {
    unsigned char header[FW_RING_AT_SLOTS];
    uint64_t words[10], capacity;
    struct stat about;
    if (fstat(ring->file, &about) != 0)
        return fw_ring_fail_errno_(ring, path, "look at");
    if (!S_ISREG(about.st_mode))
        return fw_ring_fail_(ring, path, "it is not a regular file");
    if (about.st_uid != geteuid())
        return fw_ring_fail_(ring, path, "it belongs to another user");
    if ((about.st_mode & 0777 & ~mode) != 0)
        return fw_ring_fail_(ring, path, "it is open to more users than was asked for");
    if (about.st_size < (off_t)sizeof header)
        return fw_ring_fail_(ring, path, "it is too short for a header");
    if (pread(ring->file, header, sizeof header, 0) != (ssize_t)sizeof header)
        return fw_ring_fail_errno_(ring, path, "read");
    memcpy(words, header, sizeof words);
    capacity = words[FW_RING_AT_CAPACITY / 8];
    if (memcmp(header, FW_RING_MAGIC, 8) != 0)
        return fw_ring_fail_(ring, path, "it is not a ring");
    if (words[FW_RING_AT_BYTE_ORDER / 8] != FW_RING_BYTE_ORDER)
        return fw_ring_fail_(ring, path, "it was made on a machine of the other byte order");
    if (words[FW_RING_AT_VERSION / 8] != FW_RING_VERSION)
        return fw_ring_fail_(ring, path, "its layout is of another version");
    if (words[FW_RING_AT_ELEMENT_SIZE / 8] != ring->size || words[FW_RING_AT_ELEMENT_ALIGN / 8] != align)
        return fw_ring_fail_(ring, path, "its values have another size or alignment");
    if (words[FW_RING_AT_FINGERPRINT / 8] != fw_ring_fingerprint(ring->size, align, type))
        return fw_ring_fail_(ring, path, "it carries values of another type");
    if (capacity == 0 || (capacity & (capacity - 1)) != 0 || capacity > FW_RING_MOST_SLOTS ||
        words[FW_RING_AT_STRIDE / 8] != ring->stride || capacity > (SIZE_MAX / 2 - FW_RING_AT_SLOTS) / ring->stride)
        return fw_ring_fail_(ring, path, "its numbers contradict each other");
    ring->mask = capacity - 1;
    ring->start = words[FW_RING_AT_START / 8];
    ring->bytes = (size_t)FW_RING_AT_SLOTS + (size_t)capacity * ring->stride;
    if (words[FW_RING_AT_TOTAL / 8] != ring->bytes || about.st_size != (off_t)ring->bytes)
        return fw_ring_fail_(ring, path, "the file has not the length that its header asks for");
    return fw_ring_map_(ring, path);
}

/* The generation of the other end that belongs to a former run: both ends were closed in order. 0 if there is none. */
static inline uint64_t fw_ring_former_(const struct fw_ring *ring) {
    enum fw_ring_end other = fw_ring_other_(ring->end);
    uint64_t own = fw_ring_acquire_(ring, fw_ring_of_(ring->end) + FW_RING_END_STATE);
    int tries;
    if (fw_ring_state_(own) == FW_RING_STATE_NEVER)
        return 0;
    /* Who takes over from a process that died goes on in its run. */
    if (fw_ring_state_(own) != FW_RING_STATE_CLOSED)
        return own >> FW_RING_STATE_BITS;
    for (tries = 0; tries < 100; tries++) {
        uint64_t generation = fw_ring_generation_(ring, other);
        uint64_t word = fw_ring_acquire_(ring, fw_ring_of_(other) + FW_RING_END_STATE);
        if (generation == fw_ring_generation_(ring, other))
            return fw_ring_is_over_(word) && word >> FW_RING_STATE_BITS != fw_ring_generation_(ring, ring->end) ? generation : 0;
    }
    return 0;
}

/* Takes the lock of the end. */
static inline int fw_ring_lock_(struct fw_ring *ring, const char *path) {
    size_t at = fw_ring_of_(ring->end);
    uint64_t state;
    uint32_t pid;
    int tries = 0;
    for (;;) {
        struct flock lock = fw_ring_lock_of_(ring->end);
        struct timespec pause = {0, 1000000};
        if (fcntl(ring->file, F_OFD_SETLK, &lock) == 0)
            return FW_RING_OK;
        if (errno != EAGAIN && errno != EACCES)
            return fw_ring_fail_errno_(ring, path, "lock");
        pid = (uint32_t)fw_ring_get_(ring, at + FW_RING_END_PID);
        state = fw_ring_state_(fw_ring_acquire_(ring, at + FW_RING_END_STATE));
        /* Where nobody says that he has it, it is a child on its way to another program, which loses the lock soon. */
        if (++tries >= 1000 || (tries >= 20 && kill((pid_t)pid, 0) == 0 &&
                                (state == FW_RING_STATE_ATTACHED || state == FW_RING_STATE_ATTACHING))) {
            snprintf(ring->error, sizeof ring->error,
                     "the %s's end of the ring %.120s is held by process %u: a ring has one %s at a time",
                     fw_ring_name_of_(ring->end), path, (unsigned)pid, fw_ring_name_of_(ring->end));
            return FW_RING_REFUSED;
        }
        nanosleep(&pause, NULL);
    }
}

/* Takes the end, whose lock is had, where the last process left it. */
static inline int fw_ring_take_(struct fw_ring *ring, const char *path) {
    size_t at = fw_ring_of_(ring->end);
    uint64_t head, lead, state, again, former = fw_ring_former_(ring) << FW_RING_STATE_BITS;
    int filled = 1;
    head = fw_ring_acquire_(ring, FW_RING_AT_HEAD);
    ring->index = head;
    for (lead = 0; lead <= ring->mask; lead++) {
        uint64_t found = fw_ring_sequence_(ring, head + lead);
        if (found == head + lead + 1 && (filled || ring->end == FW_RING_CONSUMER)) {
            if (ring->end == FW_RING_PRODUCER)
                ring->index = head + lead + 1;
        } else if (found == fw_ring_free_(ring, head + lead)) {
            filled = 0;
        } else {
            return fw_ring_fail_(ring, path, "its indices and slots contradict each other, remove it");
        }
    }
    ring->limit = ring->index;
    state = fw_ring_state_(fw_ring_acquire_(ring, at + FW_RING_END_STATE));
    ring->died = 0;
    if (state == FW_RING_STATE_ATTACHED || state == FW_RING_STATE_ATTACHING) {
        ring->died = (uint32_t)fw_ring_get_(ring, at + FW_RING_END_PID);
        fw_ring_set_(ring, at + FW_RING_END_DEATHS, fw_ring_get_(ring, at + FW_RING_END_DEATHS) + 1);
    }
    if (ring->end == FW_RING_CONSUMER) {
        again = fw_ring_get_(ring, at + FW_RING_CONSUMER_TAKEN) - head;
        /* What is not ahead of the head was handed back, whatever became of the process. */
        if (again != 0 && again <= ring->mask + 1)
            fw_ring_set_(ring, at + FW_RING_CONSUMER_REDELIVERED,
                         fw_ring_get_(ring, at + FW_RING_CONSUMER_REDELIVERED) + again);
        fw_ring_set_(ring, at + FW_RING_CONSUMER_TAKEN, head);
    }
    fw_ring_release_(ring, at + FW_RING_END_STATE, former | FW_RING_STATE_ATTACHING);
    fw_ring_set_(ring, at + FW_RING_END_PID, (uint64_t)getpid());
    fw_ring_set_(ring, at + FW_RING_END_STARTED, fw_ring_started_("self"));
    fw_ring_release_(ring, at + FW_RING_END_GENERATION, fw_ring_get_(ring, at + FW_RING_END_GENERATION) + 1);
    fw_ring_set_(ring, at + FW_RING_END_SLEEPS, 0);
    __atomic_store_n(fw_ring_bell_(ring, at), (uint32_t)FW_RING_BELL_SILENT, __ATOMIC_SEQ_CST);
    fw_ring_release_(ring, at + FW_RING_END_STATE, former | FW_RING_STATE_ATTACHED);
    return FW_RING_OK;
}

static inline void fw_ring_forget_(struct fw_ring *ring) {
    /* Closing the file would do it too, if no child of a fork had it. */
    if (ring->file >= 0) {
        struct flock lock = fw_ring_lock_of_(ring->end);
        lock.l_type = F_UNLCK;
        fcntl(ring->file, F_OFD_SETLK, &lock);
    }
    if (ring->memory != NULL)
        munmap(ring->memory, ring->bytes);
    if (ring->file >= 0)
        close(ring->file);
    ring->memory = NULL;
    ring->file = -1;
}

/* Whether the name still leads to this file. */
static inline int fw_ring_is_linked_(const struct fw_ring *ring, const char *path) {
    struct stat own, named;
    return fstat(ring->file, &own) == 0 && stat(path, &named) == 0 && own.st_dev == named.st_dev &&
           own.st_ino == named.st_ino;
}

static inline int fw_ring_is_name_(const char *name) {
    return name[0] != 0 && name[0] != '.' && strchr(name, '/') == NULL && strlen(name) <= FW_RING_NAME_BYTES;
}

/* Opens an end of the ring /dev/shm/NAME for values of `size` bytes, with these permissions; makes the ring if there is none, and
 * `capacity` is not 0. A capacity is rounded up to a power of two; a ring that exists is taken with the one that it has.
 * FW_RING_OK, or FW_RING_REFUSED: then `error` says why, and there is nothing to close. */
static inline int fw_ring_open_with_mode(struct fw_ring *ring, const char *name, enum fw_ring_end end, size_t size, size_t align,
                                         const char *type, size_t capacity, unsigned mode) {
    char path[256];
    uint64_t slots = 1;
    int status = FW_RING_REFUSED, tries;
    memset(ring, 0, sizeof *ring);
    ring->file = -1;
    ring->end = end;
    if (!fw_ring_is_name_(name))
        return fw_ring_fail_(ring, name, "the name has 1 to 200 bytes, no `/`, and no point in front");
    if (size == 0 || size > FW_RING_MOST_BYTES || align == 0 || (align & (align - 1)) != 0 || size % align != 0)
        return fw_ring_fail_(ring, name, "no type has this size and alignment");
    snprintf(path, sizeof path, "/dev/shm/%s", name);
    fw_ring_shape_(ring, size);
    while (slots < capacity && slots <= FW_RING_MOST_SLOTS)
        slots *= 2;
    if (slots > FW_RING_MOST_SLOTS || slots > (SIZE_MAX / 2 - FW_RING_AT_SLOTS) / ring->stride)
        return fw_ring_fail_(ring, path, "the capacity is too large");
    for (tries = 0; tries < 100; tries++) {
        /* Somebody may make the ring, or remove it, between two steps. */
        ring->file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (ring->file >= 0) {
            status = fw_ring_attach_(ring, path, align, type, mode);
        } else if (errno != ENOENT) {
            return fw_ring_fail_errno_(ring, path, "open");
        } else if (capacity == 0) {
            return fw_ring_fail_(ring, path, "there is none");
        } else {
            status = fw_ring_create_(ring, path, align, type, slots, mode);
        }
        if (status == FW_RING_OK)
            status = fw_ring_lock_(ring, path);
        if (status == FW_RING_OK) {
            /* Nobody else would ever find a ring that was removed meanwhile: it is left as it is. */
            status = fw_ring_is_linked_(ring, path) ? fw_ring_take_(ring, path) : FW_RING_CLOSED;
            if (status == FW_RING_OK)
                return FW_RING_OK;
        }
        fw_ring_forget_(ring);
        if (status == FW_RING_REFUSED)
            return status;
    }
    return fw_ring_fail_(ring, path, "somebody makes and removes it all the time");
}

/* As above, for this user alone. */
static inline int fw_ring_open(struct fw_ring *ring, const char *name, enum fw_ring_end end, size_t size, size_t align,
                               const char *type, size_t capacity) {
    return fw_ring_open_with_mode(ring, name, end, size, align, type, capacity, 0600);
}

/* Removes the name; whoever has the ring keeps it. 0, or -1 and errno: EINVAL for what is no name of a ring. */
static inline int fw_ring_remove(const char *name) {
    char path[256];
    if (!fw_ring_is_name_(name)) {
        errno = EINVAL;
        return -1;
    }
    snprintf(path, sizeof path, "/dev/shm/%s", name);
    return unlink(path);
}

/* --- bells ---------------------------------------------------------------------------------------------------------------- */

static inline void fw_ring_ring_(const struct fw_ring *ring, enum fw_ring_end end) {
    size_t at = fw_ring_of_(end);
    uint32_t *bell = fw_ring_bell_(ring, at);
    if (fw_ring_get_(ring, at + FW_RING_END_SLEEPS) == 0)
        return;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(bell, __ATOMIC_RELAXED) != FW_RING_BELL_SILENT &&
        __atomic_exchange_n(bell, (uint32_t)FW_RING_BELL_SILENT, __ATOMIC_SEQ_CST) == FW_RING_BELL_ASLEEP)
        syscall(SYS_futex, bell, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Wakes the consumer, if it sleeps. Once per burst of pushes; costs a load where the consumer never sleeps. */
static inline void fw_ring_wake(const struct fw_ring *ring) {
    fw_ring_ring_(ring, fw_ring_other_(ring->end));
}

/* --- pushing and popping -------------------------------------------------------------------------------------------------- */

/* Whether the other end was closed, or wrote what no correct process writes. One that died is not closed: see fw_ring_who.
 * Nor is one of a former run: when both ends were closed in order, the next pair starts afresh, whoever comes first. */
static inline int fw_ring_is_closed(const struct fw_ring *ring) {
    enum fw_ring_end other = fw_ring_other_(ring->end);
    size_t at = fw_ring_of_(other) + FW_RING_END_STATE;
    if (ring->odd || !fw_ring_is_over_(fw_ring_acquire_(ring, at)))
        return ring->odd;
    /* A new process may come between the two looks at the state. */
    return fw_ring_generation_(ring, other) !=
               fw_ring_acquire_(ring, fw_ring_of_(ring->end) + FW_RING_END_STATE) >> FW_RING_STATE_BITS &&
           fw_ring_is_over_(fw_ring_acquire_(ring, at));
}

static inline int fw_ring_has_room(struct fw_ring *ring) {
    uint64_t head, depth;
    if (ring->index != ring->limit)
        return 1;
    if (ring->odd)
        return 0;
    head = fw_ring_acquire_(ring, FW_RING_AT_HEAD);
    depth = ring->index - head;
    if (depth > ring->mask + 1)
        ring->odd = 1;
    if (depth > ring->mask)
        return 0;
    ring->limit = head + ring->mask + 1;
    return 1;
}

/* Counts a stall: a push found no room, and its value was not dropped. Once until a push succeeds. */
static inline void fw_ring_stall_(struct fw_ring *ring) {
    size_t at = (size_t)FW_RING_AT_PRODUCER + FW_RING_PRODUCER_STALLS;
    if (ring->full == 1) {
        ring->full = 2;
        fw_ring_set_(ring, at, fw_ring_get_(ring, at) + 1);
    }
}

/* Pushes a value. FW_RING_OK, FW_RING_FULL or FW_RING_CLOSED; the consumer is not woken, see fw_ring_wake. */
static inline int fw_ring_push(struct fw_ring *ring, const void *value) {
    const unsigned char *from = (const unsigned char *)value;
    size_t at, left = ring->size, slot;
    uint64_t word;
    if (!fw_ring_has_room(ring)) {
        if (fw_ring_is_closed(ring))
            return FW_RING_CLOSED;
        fw_ring_stall_(ring);
        if (ring->full == 0)
            ring->full = 1;
        return FW_RING_FULL;
    }
    if (ring->full != 0) {
        fw_ring_stall_(ring);
        ring->full = 0;
    }
    slot = fw_ring_slot_(ring, ring->index);
    for (at = slot + ring->value_at; left >= 8; at += 8, from += 8, left -= 8) {
        memcpy(&word, from, 8);
        fw_ring_set_(ring, at, word);
    }
    if (left != 0) {
        word = 0;
        memcpy(&word, from, left);
        fw_ring_set_(ring, at, word);
    }
    ring->index++;
    fw_ring_release_(ring, slot + ring->sequence_at, ring->index);
    return FW_RING_OK;
}

/* Counts a value that the caller drops because there was no room, so that pushed == popped + dropped + depth holds. */
static inline void fw_ring_drop(struct fw_ring *ring) {
    size_t at = (size_t)FW_RING_AT_PRODUCER + FW_RING_PRODUCER_DROPPED;
    if (ring->full == 1)
        ring->full = 0;
    fw_ring_set_(ring, at, fw_ring_get_(ring, at) + 1);
}

/* Whether a value waits. */
static inline int fw_ring_ready(struct fw_ring *ring) {
    uint64_t found = fw_ring_sequence_(ring, ring->index);
    if (found == ring->index + 1)
        return 1;
    if (found != fw_ring_free_(ring, ring->index))
        ring->odd = 1;
    return 0;
}

/* Gives the producer the room of all values that were popped, and wakes it if it sleeps for want of room. */
static inline void fw_ring_hand_back(struct fw_ring *ring) {
    fw_ring_release_(ring, FW_RING_AT_HEAD, ring->index);
    fw_ring_ring_(ring, FW_RING_PRODUCER);
}

static inline int fw_ring_take_out_(struct fw_ring *ring, void *value) {
    unsigned char *to = (unsigned char *)value;
    size_t at, left = ring->size;
    uint64_t word;
    if (!fw_ring_ready(ring)) {
        /* What was pushed before the close is visible after it was seen. */
        if (!fw_ring_is_closed(ring) || fw_ring_ready(ring))
            return FW_RING_EMPTY;
        return FW_RING_CLOSED;
    }
    for (at = fw_ring_slot_(ring, ring->index) + ring->value_at; left >= 8; at += 8, to += 8, left -= 8) {
        word = fw_ring_get_(ring, at);
        memcpy(to, &word, 8);
    }
    if (left != 0) {
        word = fw_ring_get_(ring, at);
        memcpy(to, &word, left);
    }
    ring->index++;
    return FW_RING_OK;
}

/* Pops a value and gives its slot back: at most once, a process that dies afterwards takes the value along. FW_RING_OK,
 * FW_RING_EMPTY, or FW_RING_CLOSED when nothing will come any more. */
static inline int fw_ring_pop(struct fw_ring *ring, void *value) {
    int status = fw_ring_take_out_(ring, value);
    if (status == FW_RING_OK)
        fw_ring_hand_back(ring);
    return status;
}

/* As fw_ring_pop, with the slot left taken until fw_ring_hand_back: at least once, the value comes again to the next consumer if
 * this one dies before that. Slots are given back in order: fw_ring_pop gives back, with its own, those of all values before. */
static inline int fw_ring_pop_deferred(struct fw_ring *ring, void *value) {
    int status = fw_ring_take_out_(ring, value);
    if (status == FW_RING_OK)
        fw_ring_set_(ring, (size_t)FW_RING_AT_CONSUMER + FW_RING_CONSUMER_TAKEN, ring->index);
    return status;
}

/* Sleeps until there is room, or a value, or the other end is closed: FW_RING_OK; FW_RING_TIMEOUT after so many milliseconds.
 * Looks at least ten times a second, so that it outlives a process that is killed while it wakes this one. */
static inline int fw_ring_wait(struct fw_ring *ring, unsigned milliseconds) {
    size_t at = fw_ring_of_(ring->end);
    uint32_t *bell = fw_ring_bell_(ring, at);
    struct timespec now, until;
    fw_ring_stall_(ring);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(milliseconds / 1000);
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
    if (fw_ring_get_(ring, at + FW_RING_END_SLEEPS) == 0) {
        /* The other end reads this without a fence: MEMBARRIER_CMD_GLOBAL makes it for both. */
        fw_ring_set_(ring, at + FW_RING_END_SLEEPS, 1);
#ifdef SYS_membarrier
        syscall(SYS_membarrier, 1, 0, 0);
#endif
    }
    for (;;) {
        struct timespec sleep = {0, 100000000};
        int64_t left;
        int may;
        /* Says that it sleeps, fences, and looks once more: the other side does it the other way round. */
        __atomic_store_n(bell, (uint32_t)FW_RING_BELL_ASLEEP, __ATOMIC_SEQ_CST);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        may = ring->end == FW_RING_PRODUCER ? !fw_ring_has_room(ring) : !fw_ring_ready(ring);
        if (!may || fw_ring_is_closed(ring)) {
            __atomic_store_n(bell, (uint32_t)FW_RING_BELL_SILENT, __ATOMIC_SEQ_CST);
            return FW_RING_OK;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = (int64_t)(until.tv_sec - now.tv_sec) * 1000000000 + (until.tv_nsec - now.tv_nsec);
        if (left <= 0) {
            __atomic_store_n(bell, (uint32_t)FW_RING_BELL_SILENT, __ATOMIC_SEQ_CST);
            return FW_RING_TIMEOUT;
        }
        if (left < sleep.tv_nsec)
            sleep.tv_nsec = (long)left;
        syscall(SYS_futex, bell, FUTEX_WAIT, FW_RING_BELL_ASLEEP, &sleep, NULL, 0);
    }
}

/* The counters of the ring, from its beginning. */
static inline struct fw_ring_counters fw_ring_count(const struct fw_ring *ring) {
    struct fw_ring_counters counters;
    uint64_t head = fw_ring_acquire_(ring, FW_RING_AT_HEAD), published = 0, beyond = ring->mask + 2;
    /* Values are published in order, so that halving finds the last one. */
    while (beyond - published > 1) {
        uint64_t middle = published + (beyond - published) / 2, expected = head + middle;
        if (fw_ring_sequence_(ring, expected - 1) - expected <= UINT64_MAX / 2)
            published = middle;
        else
            beyond = middle;
    }
    counters.popped = head - ring->start;
    counters.depth = published;
    counters.dropped = fw_ring_get_(ring, (size_t)FW_RING_AT_PRODUCER + FW_RING_PRODUCER_DROPPED);
    counters.pushed = counters.popped + counters.depth + counters.dropped;
    return counters;
}

/* Closes the end in order: a consumer hands back what it popped, and the other end sees it. */
static inline void fw_ring_close(struct fw_ring *ring) {
    size_t at = fw_ring_of_(ring->end);
    uint64_t state;
    if (ring->memory == NULL)
        return;
    if (ring->end == FW_RING_CONSUMER)
        fw_ring_hand_back(ring);
    __atomic_store_n(fw_ring_bell_(ring, at), (uint32_t)FW_RING_BELL_SILENT, __ATOMIC_SEQ_CST);
    state = fw_ring_get_(ring, at + FW_RING_END_STATE);
    fw_ring_release_(ring, at + FW_RING_END_STATE, state - fw_ring_state_(state) + FW_RING_STATE_CLOSED);
    fw_ring_ring_(ring, fw_ring_other_(ring->end));
    fw_ring_forget_(ring);
}

#ifdef __cplusplus
}
#endif

#endif
