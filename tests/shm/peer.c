/* The other end of the rings of tests/shm/c.rs. Compiled as C99 and as C++11: the casts are for the latter. */
#include "fusewire_ring.h"

struct value {
    uint64_t n;
    uint64_t twice;
    uint32_t low;
    uint8_t tail[4];
};

static const char *const TYPE = "Value v1";

static struct value value_of(uint64_t n) {
    struct value value;
    memset(&value, 0, sizeof value);
    value.n = n;
    value.twice = 2 * n + 1;
    value.low = (uint32_t)n;
    value.tail[3] = (uint8_t)(n >> 3);
    return value;
}

static int is_whole(const struct value *value, uint64_t n) {
    struct value expected = value_of(n);
    return memcmp(value, &expected, sizeof expected) == 0;
}

static int opened(struct fw_ring *ring, const char *name, enum fw_ring_end end, size_t capacity) {
    if (fw_ring_open(ring, name, end, sizeof(struct value), 8, TYPE, capacity) == FW_RING_OK)
        return 1;
    puts(ring->error);
    return 0;
}

static int push(const char *name, uint64_t count, size_t capacity) {
    struct fw_ring ring;
    uint64_t n;
    if (!opened(&ring, name, FW_RING_PRODUCER, capacity))
        return 2;
    for (n = 0; n < count; n++) {
        struct value value = value_of(n);
        int status;
        while ((status = fw_ring_push(&ring, &value)) == FW_RING_FULL) {
            fw_ring_wake(&ring);
            if (fw_ring_wait(&ring, 60000) != FW_RING_OK)
                return 3;
        }
        if (status != FW_RING_OK)
            return 4;
        if (n % 64 == 0)
            fw_ring_wake(&ring);
    }
    fw_ring_close(&ring);
    return 0;
}

static int pop(const char *name, uint64_t count) {
    struct fw_ring ring;
    struct value value;
    uint64_t n = 0;
    int status;
    if (!opened(&ring, name, FW_RING_CONSUMER, 1024))
        return 2;
    for (;;) {
        /* One way and the other. */
        status = n % 1000 < 500 ? fw_ring_pop(&ring, &value) : fw_ring_pop_deferred(&ring, &value);
        if (status == FW_RING_OK) {
            if (!is_whole(&value, n))
                return 5;
            n++;
            if (n % 1000 >= 500 && n % 7 == 0)
                fw_ring_hand_back(&ring);
        } else if (status == FW_RING_CLOSED) {
            break;
        } else {
            fw_ring_hand_back(&ring);
            if (fw_ring_wait(&ring, 60000) != FW_RING_OK)
                return 3;
        }
    }
    fw_ring_close(&ring);
    return n == count ? 0 : 6;
}

/* Sends back what comes. */
static int echo(const char *in_name, const char *out_name) {
    struct fw_ring in, out;
    struct value value;
    if (!opened(&in, in_name, FW_RING_CONSUMER, 64) || !opened(&out, out_name, FW_RING_PRODUCER, 64))
        return 2;
    for (;;) {
        int status = fw_ring_pop(&in, &value);
        if (status == FW_RING_CLOSED)
            break;
        if (status == FW_RING_EMPTY) {
            if (fw_ring_wait(&in, 60000) != FW_RING_OK)
                return 3;
            continue;
        }
        while (fw_ring_push(&out, &value) == FW_RING_FULL)
            if (fw_ring_wait(&out, 60000) != FW_RING_OK)
                return 3;
        fw_ring_wake(&out);
    }
    fw_ring_close(&in);
    fw_ring_close(&out);
    return 0;
}

/* Takes an end, says who died with it and who is at the other, and waits to be killed if told so. */
static int attach(const char *name, const char *end, int stay) {
    static const char *const STATES[] = {"never", "alive", "closed", "died"};
    struct fw_ring ring;
    struct fw_ring_peer peer;
    struct fw_ring_counters counters;
    if (!opened(&ring, name, strcmp(end, "producer") == 0 ? FW_RING_PRODUCER : FW_RING_CONSUMER, 0))
        return 2;
    peer = fw_ring_who(&ring);
    counters = fw_ring_count(&ring);
    printf("died %u; other %s %u; pushed %llu popped %llu dropped %llu depth %llu\n", (unsigned)ring.died, STATES[peer.state],
           (unsigned)peer.pid, (unsigned long long)counters.pushed, (unsigned long long)counters.popped,
           (unsigned long long)counters.dropped, (unsigned long long)counters.depth);
    fflush(stdout);
    if (stay) {
        struct value value = value_of(0);
        if (ring.end == FW_RING_PRODUCER)
            fw_ring_push(&ring, &value);
        else
            fw_ring_pop_deferred(&ring, &value);
        sleep(600);
    }
    fw_ring_close(&ring);
    return 0;
}

/* Pushes without room: what does not fit is dropped and counted. */
static int drop(const char *name) {
    struct fw_ring ring;
    struct fw_ring_counters counters;
    uint64_t n;
    if (!opened(&ring, name, FW_RING_PRODUCER, 8))
        return 2;
    for (n = 0; n < 20; n++) {
        struct value value = value_of(n);
        if (fw_ring_push(&ring, &value) == FW_RING_FULL)
            fw_ring_drop(&ring);
    }
    counters = fw_ring_count(&ring);
    fw_ring_close(&ring);
    return counters.dropped == 12 && counters.pushed == 20 && counters.depth == 8 ? 0 : 6;
}

/* Closes an end whose file a child of a fork has, and opens it again. */
static int again(const char *name) {
    struct fw_ring ring;
    int status = 0;
    pid_t child;
    if (!opened(&ring, name, FW_RING_PRODUCER, 8))
        return 2;
    child = fork();
    if (child == 0) {
        sleep(600);
        _exit(0);
    }
    fw_ring_close(&ring);
    if (opened(&ring, name, FW_RING_PRODUCER, 8))
        fw_ring_close(&ring);
    else
        status = 6;
    kill(child, SIGKILL);
    return status;
}

/* Pushes, or pops, until it is killed. Numbers follow each other whoever pushes them. */
static int forever(const char *name, enum fw_ring_end end) {
    struct fw_ring ring;
    struct fw_ring_counters counters;
    struct value value;
    uint64_t n;
    if (!opened(&ring, name, end, 16))
        return 2;
    counters = fw_ring_count(&ring);
    n = end == FW_RING_PRODUCER ? counters.pushed : counters.popped;
    for (;;) {
        int status;
        if (end == FW_RING_PRODUCER) {
            value = value_of(n);
            status = fw_ring_push(&ring, &value);
            fw_ring_wake(&ring);
        } else {
            status = n % 100 < 50 ? fw_ring_pop(&ring, &value) : fw_ring_pop_deferred(&ring, &value);
            if (status == FW_RING_OK && !is_whole(&value, n))
                return 5;
            if (status != FW_RING_OK || n % 5 == 0)
                fw_ring_hand_back(&ring);
        }
        if (status == FW_RING_OK)
            n++;
        else if (status == FW_RING_CLOSED || fw_ring_wait(&ring, 60000) == FW_RING_TIMEOUT)
            return 4;
    }
}

/* Two values find no room, the first of them three times; one is dropped. */
static int stall(const char *name) {
    struct fw_ring out, in;
    struct value value = value_of(1);
    int n, wrong = 0;
    if (!opened(&out, name, FW_RING_PRODUCER, 2) || !opened(&in, name, FW_RING_CONSUMER, 2))
        return 2;
    for (n = 0; n < 5; n++)
        wrong += fw_ring_push(&out, &value) != (n < 2 ? FW_RING_OK : FW_RING_FULL);
    wrong += fw_ring_pop(&in, &value) != FW_RING_OK || fw_ring_push(&out, &value) != FW_RING_OK;
    wrong += fw_ring_push(&out, &value) != FW_RING_FULL;
    fw_ring_drop(&out);
    wrong += fw_ring_push(&out, &value) != FW_RING_FULL || fw_ring_wait(&out, 1) != FW_RING_TIMEOUT;
    fw_ring_close(&out);
    fw_ring_close(&in);
    return wrong == 0 ? 0 : 6;
}

#define SAY(name) printf(#name " %llu\n", (unsigned long long)(FW_RING_##name))

static int constants(void) {
    struct fw_ring ring;
    size_t size;
    memset(&ring, 0, sizeof ring);
    SAY(VERSION);
    SAY(BYTE_ORDER);
    SAY(AT_MAGIC);
    SAY(AT_BYTE_ORDER);
    SAY(AT_VERSION);
    SAY(AT_ELEMENT_SIZE);
    SAY(AT_ELEMENT_ALIGN);
    SAY(AT_CAPACITY);
    SAY(AT_STRIDE);
    SAY(AT_START);
    SAY(AT_FINGERPRINT);
    SAY(AT_TOTAL);
    SAY(AT_TYPE_NAME);
    SAY(TYPE_NAME_BYTES);
    SAY(AT_PRODUCER);
    SAY(AT_CONSUMER);
    SAY(END_STATE);
    SAY(END_PID);
    SAY(END_STARTED);
    SAY(END_GENERATION);
    SAY(END_DEATHS);
    SAY(END_SLEEPS);
    SAY(PRODUCER_DROPPED);
    SAY(PRODUCER_STALLS);
    SAY(CONSUMER_REDELIVERED);
    SAY(CONSUMER_TAKEN);
    SAY(END_BELL);
    SAY(AT_HEAD);
    SAY(AT_SLOTS);
    SAY(STATE_NEVER);
    SAY(STATE_ATTACHED);
    SAY(STATE_CLOSED);
    SAY(STATE_ATTACHING);
    SAY(STATE_BURIED);
    SAY(BELL_SILENT);
    SAY(BELL_ASKED);
    SAY(BELL_ASLEEP);
    SAY(STATE_BITS);
    SAY(LOCK_PRODUCER);
    SAY(LOCK_CONSUMER);
    SAY(MOST_SLOTS);
    SAY(MOST_BYTES);
    SAY(NAME_BYTES);
    puts("MAGIC " FW_RING_MAGIC);
    printf("fingerprint %llu\n", (unsigned long long)fw_ring_fingerprint(16, 8, "Quote v1"));
    for (size = 1; size <= 1100; size++) {
        fw_ring_shape_(&ring, size);
        printf("shape %zu %zu %zu %zu\n", size, ring.stride, ring.value_at, ring.sequence_at);
    }
    return 0;
}

int main(int arguments, char **argument) {
    const char *what = arguments > 1 ? argument[1] : "";
    if (strcmp(what, "constants") == 0)
        return constants();
    if (strcmp(what, "push") == 0 && arguments == 4)
        return push(argument[2], strtoull(argument[3], NULL, 10), 1024);
    if (strcmp(what, "pop") == 0 && arguments == 4)
        return pop(argument[2], strtoull(argument[3], NULL, 10));
    if (strcmp(what, "echo") == 0 && arguments == 4)
        return echo(argument[2], argument[3]);
    if (strcmp(what, "attach") == 0 && arguments == 4)
        return attach(argument[2], argument[3], 0);
    if (strcmp(what, "stay") == 0 && arguments == 4)
        return attach(argument[2], argument[3], 1);
    if (strcmp(what, "forever") == 0 && arguments == 4)
        return forever(argument[2], strcmp(argument[3], "producer") == 0 ? FW_RING_PRODUCER : FW_RING_CONSUMER);
    if (strcmp(what, "stall") == 0 && arguments == 3)
        return stall(argument[2]);
    if (strcmp(what, "again") == 0 && arguments == 3)
        return again(argument[2]);
    if (strcmp(what, "remove") == 0 && arguments == 3)
        return fw_ring_remove(argument[2]) == 0 ? 0 : errno;
    if (strcmp(what, "drop") == 0 && arguments == 3)
        return drop(argument[2]);
    return 1;
}
