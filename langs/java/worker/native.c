// SPDX-License-Identifier: Apache-2.0
// What Java has no way to do: reads that a signal ends, descriptors by number, and frames that nothing cuts in two.
// The Java side is quern/jvm/Native.java. Every call gives a count or a descriptor, or minus errno.
#include <jni.h>
#include <jvmti.h>

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { room = 8192 };

// The JVM has signals of its own up to SIGRTMAX - 2.
static int wake_signal(void) { return SIGRTMAX - 4; }

// SIGINT is noted as the number of the run that it met: one that comes between runs is nobody's, however late that is read.
static atomic_int current_run;
static atomic_int met_run;
static int interrupts[2] = {-1, -1};

static void on_interrupt(int signal) {
  (void)signal;
  const int saved = errno;
  const int run = atomic_load(&current_run);
  if (run) {
    atomic_store(&met_run, run);
    if (write(interrupts[1], "", 1) < 0) errno = saved;  // full of interrupts: then enough are known
  }
  errno = saved;
}

// The kernel gives SIGINT to the process's first thread, which does nothing of its own. A wake signal sent to that one behind
// a SIGINT is answered last: on_interrupt holds it back, and what is pending with it runs on top of it.
static sem_t settled;

static jvmtiEnv *tools;

static void refuse(JNIEnv *env, const char *sentence, int error) {
  char message[200];
  snprintf(message, sizeof message, sentence, error);
  const jclass kind = (*env)->FindClass(env, "java/lang/IllegalStateException");
  if (kind) (*env)->ThrowNew(env, kind, message);
}

static void prepare_to_stop(JNIEnv *env) {
  const jvmtiCapabilities wanted = {.can_signal_thread = 1};
  JavaVM *machine;
  jint error = (*env)->GetJavaVM(env, &machine);
  if (error == JNI_OK) error = (*machine)->GetEnv(machine, (void **)&tools, JVMTI_VERSION_11);
  if (error == JNI_OK) error = (jint)(*tools)->AddCapabilities(tools, &wanted);
  if (error != JNI_OK)
    refuse(env, "this JVM stops no thread (error %d), so that no snippet could be interrupted; take OpenJDK 17 or 21", error);
}

static pid_t this_thread(void) { return (pid_t)syscall(SYS_gettid); }

static void on_wake(int signal) {
  (void)signal;
  const int saved = errno;
  if (this_thread() == getpid()) sem_post(&settled);
  errno = saved;
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_prepare(JNIEnv *env, jclass type) {
  (void)type;
  struct sigaction action = {.sa_handler = on_wake};  // without SA_RESTART: what waits gives EINTR
  sem_init(&settled, 0, 0);
  sigaction(wake_signal(), &action, NULL);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == 0)
    for (int i = 0; i < 2; i++) {
      interrupts[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, 195);
      close(ends[i]);
    }
  fcntl(interrupts[1], F_SETFL, O_NONBLOCK);
  prepare_to_stop(env);
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_hear(JNIEnv *env, jclass type) {
  (void)env, (void)type;
  struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART | SA_ONSTACK};
  sigaddset(&action.sa_mask, wake_signal());
  sigaction(SIGINT, &action, NULL);
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_run(JNIEnv *env, jclass type, jint number) {
  (void)env, (void)type;
  atomic_store(&current_run, number);
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_awaitInterrupt(JNIEnv *env, jclass type) {
  (void)env, (void)type;
  char noted;
  while (read(interrupts[0], &noted, 1) != 1 && errno == EINTR) {
  }
}

JNIEXPORT jint JNICALL Java_quern_jvm_Native_met(JNIEnv *env, jclass type) {
  (void)env, (void)type;
  return atomic_exchange(&met_run, 0);
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_settle(JNIEnv *env, jclass type) {
  (void)env, (void)type;
  if (syscall(SYS_tgkill, getpid(), getpid(), wake_signal()) != 0) return;
  while (sem_wait(&settled) != 0 && errno == EINTR) {
  }
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_environment(JNIEnv *env, jclass type, jstring name, jstring value) {
  (void)type;
  const char *key = (*env)->GetStringUTFChars(env, name, NULL);
  const char *text = value ? (*env)->GetStringUTFChars(env, value, NULL) : NULL;
  if (key && text) setenv(key, text, 1);
  else if (key) unsetenv(key);
  if (text) (*env)->ReleaseStringUTFChars(env, value, text);
  if (key) (*env)->ReleaseStringUTFChars(env, name, key);
}

JNIEXPORT jint JNICALL Java_quern_jvm_Native_thread(JNIEnv *env, jclass type) {
  (void)env, (void)type;
  return this_thread();
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_wake(JNIEnv *env, jclass type, jint thread) {
  (void)env, (void)type;
  syscall(SYS_tgkill, getpid(), thread, wake_signal());
}

// What Thread.stop did; JDK 20 has taken that away, and left it to the JVM's interface for tools alone.
JNIEXPORT void JNICALL Java_quern_jvm_Native_stop(JNIEnv *env, jclass type, jobject thread, jthrowable thrown) {
  (void)type;
  const jvmtiError error = (*tools)->StopThread(tools, thread, thrown);
  if (error != JVMTI_ERROR_NONE && error != JVMTI_ERROR_THREAD_NOT_ALIVE)
    refuse(env, "the JVM does not stop the snippet's thread: error %d of its interface for tools", error);
}

JNIEXPORT jint JNICALL Java_quern_jvm_Native_read(JNIEnv *env, jclass type, jint fd, jbyteArray into, jint at, jint count) {
  (void)type;
  char buffer[room];
  const ssize_t got = read(fd, buffer, count < room ? (size_t)count : room);
  if (got < 0) return -errno;
  (*env)->SetByteArrayRegion(env, into, at, (jsize)got, (const jbyte *)buffer);
  return (jint)got;
}

JNIEXPORT jint JNICALL Java_quern_jvm_Native_write(JNIEnv *env, jclass type, jint fd, jbyteArray from, jint at, jint count) {
  (void)type;
  char buffer[room];
  const jint part = count < room ? count : room;
  (*env)->GetByteArrayRegion(env, from, at, part, (jbyte *)buffer);
  const ssize_t put = write(fd, buffer, (size_t)part);
  return put < 0 ? -errno : (jint)put;
}

// All of it, whatever signals come: a thread that is stopped meanwhile is stopped behind the last byte.
JNIEXPORT jint JNICALL Java_quern_jvm_Native_writeWhole(JNIEnv *env, jclass type, jint fd, jbyteArray from, jint count) {
  (void)type;
  char *bytes = malloc(count > 0 ? (size_t)count : 1);
  if (!bytes) return -ENOMEM;
  (*env)->GetByteArrayRegion(env, from, 0, count, (jbyte *)bytes);
  jint put = 0;
  int failed = 0;
  while (put < count && !failed) {
    const ssize_t some = write(fd, bytes + put, (size_t)(count - put));
    if (some >= 0) put += (jint)some;
    else if (errno != EINTR) failed = errno;
  }
  free(bytes);
  return failed ? -failed : put;
}

JNIEXPORT jint JNICALL Java_quern_jvm_Native_available(JNIEnv *env, jclass type, jint fd) {
  (void)env, (void)type;
  int count = 0;
  return ioctl(fd, FIONREAD, &count) < 0 ? -errno : count;
}

// A close-on-exec copy out of the way of the user's files.
JNIEXPORT jint JNICALL Java_quern_jvm_Native_copyHigh(JNIEnv *env, jclass type, jint fd) {
  (void)env, (void)type;
  const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 195);
  return copy < 0 ? -errno : copy;
}

JNIEXPORT jint JNICALL Java_quern_jvm_Native_become(JNIEnv *env, jclass type, jint fd, jint target) {
  (void)env, (void)type;
  return dup2(fd, target) < 0 ? -errno : target;
}

JNIEXPORT void JNICALL Java_quern_jvm_Native_close(JNIEnv *env, jclass type, jint fd) {
  (void)env, (void)type;
  close(fd);
}
